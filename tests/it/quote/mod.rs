//! A quote on its customer's side: `/q/…`.

mod answer;
mod mail;
mod race;
