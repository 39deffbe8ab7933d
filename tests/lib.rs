//! Helpers shared by the platform tests.
