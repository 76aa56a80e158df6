//! A sentence that names a card: "•••• 4242" stays on one line and is read out as "ending in 4242".

/// A piece of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Words, as they are.
    Words(&'a str),
    /// The last four digits, which stood behind four dots.
    Last4(&'a str),
}

const DOTS: &str = "•••• ";

/// The pieces of `text`, in order.
#[must_use]
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for (index, piece) in text.split(DOTS).enumerate() {
        let words = if index == 0 {
            piece
        } else {
            let end = piece.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(piece.len());
            let (last4, words) = piece.split_at(end);
            parts.push(Part::Last4(last4));
            words
        };
        if !words.is_empty() {
            parts.push(Part::Words(words));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_card_is_told_from_the_words_around_it() {
        assert_eq!(
            parts("Visa •••• 4242, please"),
            [Part::Words("Visa "), Part::Last4("4242"), Part::Words(", please")]
        );
        assert_eq!(parts("no card"), [Part::Words("no card")]);
        assert_eq!(parts(""), []);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(text in "[a-z0-9• é,]{0,40}") {
            let whole: String = parts(&text)
                .into_iter()
                .map(|part| match part {
                    Part::Words(words) => words.to_owned(),
                    Part::Last4(last4) => format!("{DOTS}{last4}"),
                })
                .collect();
            prop_assert_eq!(whole, text);
        }
    }
}
