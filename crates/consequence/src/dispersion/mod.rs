//! Where the cloud goes and how strong it is there. Specifications 05 (passive) and 06 (dense).

pub mod box_model;
pub mod britter_mcquaid;
pub mod choice;
pub mod plume;
pub mod puff;
pub mod rise;
pub mod sigma;
pub mod similarity;
pub mod slab;
