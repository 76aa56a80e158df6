//! Rows of a file that spreadsheets open: one a line, and no cell that a spreadsheet would run as a formula.

use zoop_domain::spreadsheet::guarded;

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
        writer.write_record(row.into_iter().map(|cell| guarded(cell).into_owned())).map_err(PageError::internal)?;
    }
    writer.into_inner().map_err(|error| PageError::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_cell_is_a_formula() {
        let written = rows([vec!["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a,\"b\"", "plain", ""]]).unwrap();
        let expected = "'=1+1,'+1,'-1,'@x,'\tx,\"'\rx\",\"a,\"\"b\"\"\",plain,\r\n";
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn nor_is_one_where_other_marks_part_the_cells(
            cells in prop::collection::vec("[a;='\"+@ \t\n,-]{0,8}", 3),
            mark in prop::sample::select(vec![b',', b';', b'\t']),
        ) {
            let written = rows([cells.iter().map(String::as_str).collect()]).unwrap();
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(mark).from_reader(&written[..]);
            for record in reader.records() {
                let record = record.unwrap();
                let runs = |cell: &str| cell.trim_start_matches(' ').starts_with(['=', '+', '-', '@']);
                prop_assert!(!record.iter().any(runs), "{record:?}");
            }
        }
    }
}
