//! The first row of a file: which column holds what, by the names that other programs give them.

/// Wider files are refused: no program's list has so many columns.
const MOST_COLUMNS: usize = 200;

/// Something a column can hold.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What it is called here.
    pub name: &'static str,
    /// What else it is called, in small letters and digits alone: `emailaddress`.
    pub synonyms: &'static [&'static str],
}

/// Which column holds what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    places: Vec<Option<usize>>,
    /// Columns that nothing is read from, as they are called in the file.
    pub unused: Vec<String>,
    /// How many columns there are.
    pub width: usize,
}

impl Header {
    /// Finds `columns` in the first row.
    ///
    /// # Errors
    /// Two columns that hold the same, or too many of them, in the user's words.
    pub fn read(cells: &[&str], columns: &[Column]) -> Result<Self, String> {
        if cells.len() > MOST_COLUMNS {
            let count = cells.len();
            return Err(format!(
                "This file has {count} columns. Remove those that aren’t needed: {MOST_COLUMNS} are read at most."
            ));
        }
        let mut places = vec![None; columns.len()];
        let mut unused = Vec::new();
        for (place, cell) in cells.iter().enumerate() {
            let name = bare(cell);
            let is_called = |column: &Column| bare(column.name) == name || column.synonyms.contains(&name.as_str());
            match columns.iter().position(is_called) {
                Some(column) => {
                    if let Some(other) = places[column].replace(place) {
                        let other = cells.get(other).copied().unwrap_or_default().trim();
                        return Err(format!(
                            "The columns “{other}” and “{}” both hold the {}. Remove one of them.",
                            cell.trim(),
                            columns[column].name.to_lowercase()
                        ));
                    }
                }
                None if name.is_empty() => {}
                None => unused.push(cell.trim().to_owned()),
            }
        }
        Ok(Self { places, unused, width: cells.len() })
    }

    /// Whether the file has this column, by its place in the list of columns.
    #[must_use]
    pub fn has(&self, column: usize) -> bool {
        self.places.get(column).is_some_and(Option::is_some)
    }

    /// What a row holds in this column, trimmed; nothing if there is no such column or the row ends before it.
    #[must_use]
    pub fn cell<'a>(&self, cells: &[&'a str], column: usize) -> &'a str {
        let place = self.places.get(column).copied().flatten();
        let cell = place.and_then(|place| cells.get(place).copied()).unwrap_or_default();
        cell.trim()
    }
}

/// A column's name in small letters and digits alone.
fn bare(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] =
        &[Column { name: "Email", synonyms: &["emailaddress"] }, Column { name: "First name", synonyms: &[] }];

    #[test]
    fn columns_are_found_by_any_of_their_names() {
        let header = Header::read(&["FIRST_NAME", " E-Mail Address", "Shoe size", ""], COLUMNS).unwrap();
        assert_eq!((header.unused.clone(), header.width), (vec!["Shoe size".to_owned()], 4));
        let row = ["Rosa", " rosa@x.example ", "38"];
        assert_eq!((header.cell(&row, 0), header.cell(&row, 1)), ("rosa@x.example", "Rosa"));
        assert_eq!((header.cell(&row[..1], 0), header.has(0), header.has(7)), ("", true, false));
    }

    #[test]
    fn two_columns_that_hold_the_same_are_refused_by_name() {
        let why = Header::read(&["email", "E-mail address"], COLUMNS).unwrap_err();
        assert_eq!(why, "The columns “email” and “E-mail address” both hold the email. Remove one of them.");
    }

    #[test]
    fn a_row_of_more_columns_than_anybody_has_is_not_looked_at() {
        let many = vec!["Email"; MOST_COLUMNS + 1];
        let why = Header::read(&many, COLUMNS).unwrap_err();
        assert_eq!(why, "This file has 201 columns. Remove those that aren’t needed: 200 are read at most.");
        assert!(Header::read(&many[..2], COLUMNS).unwrap_err().contains("both hold the email"));
    }
}
