//! A quote as its customer sees it, by its own link, and his one answer.

pub mod answer;
pub mod show;
