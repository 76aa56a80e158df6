//! Pure rules of the business: money, tax, invoices, links, statuses.
//!
//! Nothing here reads a clock, draws a random number or does I/O: time and chance
//! come in as arguments, through the traits in [`time`] and [`random`].

pub mod attempt;
pub mod audit;
pub mod brand;
pub mod business;
pub mod card_setup;
pub mod charge;
pub mod code;
pub mod consent;
pub mod contact;
pub mod customer;
pub mod dunning;
pub mod export;
pub mod form;
pub mod home;
pub mod id;
pub mod import;
pub mod invitation;
pub mod invoice;
pub mod mail;
pub mod money;
pub mod payment;
pub mod payment_method;
pub mod plan;
pub mod portal_link;
pub mod quote;
pub mod random;
pub mod refund;
pub mod schedule;
pub mod secret;
pub mod spreadsheet;
pub mod tax;
pub mod throttle;
pub mod time;
pub mod user;

/// Makes an enum that is stored and read by a fixed word, such as `open` or `us_bank_account`.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $vis enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word it is stored as.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;
            fn from_str(word: &str) -> Result<Self, $crate::UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownWord { what: stringify!($name), word: word.to_owned() }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// A stored word that no value of the type has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{word:?} is not a {what}")]
pub struct UnknownWord {
    /// The type that was read.
    pub what: &'static str,
    /// The word that was found.
    pub word: String,
}
