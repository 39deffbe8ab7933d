//! The listener against real sockets: raw packets, `rumqttc`'s clients, and the mosquitto command line where it is installed.

mod clients;
mod door;
mod packets;
mod raw;
