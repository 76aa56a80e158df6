//! The ends of a list that is read page by page, by key: where Back and More lead.

/// The line below a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// What the page spans: "Adaeze Obi to Theo Lindqvist"; may be empty.
    pub range: String,
    /// The page before, if there is one.
    pub back: Option<String>,
    /// The page after, if there is one.
    pub more: Option<String>,
}
