//! Rows of a file that spreadsheets open: one a line, and no cell that a spreadsheet would run as a formula.

use crate::error::PageError;

/// What a file in UTF-8 begins with, or Excel takes it for something else.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The rows as they stand in the file.
///
/// # Errors
/// A writer that fails, which one into memory doesn't.
pub fn rows<'a>(rows: impl IntoIterator<Item = Vec<&'a str>>) -> Result<Vec<u8>, PageError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.into_iter().map(harmless)).map_err(PageError::internal)?;
    }
    writer.into_inner().map_err(|error| PageError::internal(error.to_string()))
}

/// A cell that begins like a formula is text with an apostrophe before it.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let written = rows([vec!["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a,\"b\"", "plain", ""]]).unwrap();
        let expected = "'=1+1,'+1,'-1,'@x,'\tx,\"'\rx\",\"a,\"\"b\"\"\",plain,\r\n";
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }
}
