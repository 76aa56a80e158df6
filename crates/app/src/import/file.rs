//! From bytes to rows: which letters they are, what parts the columns, and whether it is such a file at all. What a
//! file is called says nothing.

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use zoop_domain::spreadsheet::plain;

/// The largest file that is taken, in bytes.
pub const LARGEST_FILE: usize = 5 * 1024 * 1024;

/// A file's text, with plain line ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) encoding: &'static str,
}

/// What files of another kind begin with, and what to do about it.
const OTHERS: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "This is an Excel workbook or a ZIP archive, whatever its name. Open it and save it as CSV."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook, whatever its name. Open it and save it as CSV."),
    (b"%PDF", "This is a PDF, whatever its name. Export the list as CSV."),
    (b"\x89PNG", "This is a picture, whatever its name. Choose a CSV file."),
    (b"\xff\xd8\xff", "This is a picture, whatever its name. Choose a CSV file."),
    (b"GIF8", "This is a picture, whatever its name. Choose a CSV file."),
    (b"\x1f\x8b", "This file is compressed. Unpack it first."),
    (b"{\\rtf", "This is a text document. Save the list as CSV."),
    (b"<", "This is a web page, whatever its name. Export the list as CSV."),
];

const NO_TEXT: &str = "This isn’t a text file. Save the list as CSV and choose that.";

/// Reads bytes as text: what its first bytes say, else UTF-8, else what Windows writes in western Europe and America.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, String> {
    if let Some((_, why)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err((*why).to_owned());
    }
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding = match marked {
        Some(encoding) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    let (text, had_errors) = encoding.decode_with_bom_removal(bytes);
    if had_errors {
        return Err("Some letters of this file can’t be read. Save it again as CSV in UTF-8.".to_owned());
    }
    let is_strange = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    // What Windows-1252 leaves unassigned comes out as a control character, and so does much of any other file.
    if text.chars().any(is_strange) {
        return Err(NO_TEXT.to_owned());
    }
    if text.trim().is_empty() {
        return Err("This file is empty.".to_owned());
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    Ok(Decoded { text, encoding: name(encoding) })
}

fn name(encoding: &'static Encoding) -> &'static str {
    match encoding {
        it if it == UTF_16LE || it == UTF_16BE => "UTF-16",
        it if it == WINDOWS_1252 => "Windows-1252",
        _ => "UTF-8",
    }
}

/// The first row, and the others with the lines they begin on, as they were before our own export guarded them. Rows
/// without a letter are left out.
pub(super) struct Rows {
    pub(super) header: StringRecord,
    pub(super) rows: Vec<(u64, StringRecord)>,
}

pub(super) fn rows(text: &str) -> Result<Rows, String> {
    // Excel writes this line for itself.
    let (text, skipped) = match text.split_once('\n') {
        Some((first, rest)) if first.len() <= 6 && first.to_lowercase().starts_with("sep=") => (rest, 1),
        _ => (text, 0),
    };
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let mut read: Vec<(u64, StringRecord)> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            let line = line_of(text, &record) + skipped;
            read.push((line, record.iter().map(plain).collect()));
        }
    }
    if read.is_empty() {
        return Err("This file is empty.".to_owned());
    }
    let (_, header) = read.remove(0);
    Ok(Rows { header, rows: read })
}

/// The line a row begins on: empty ones before it were read with it.
fn line_of(text: &str, record: &StringRecord) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let rest = usize::try_from(position.byte()).ok().and_then(|start| text.as_bytes().get(start..)).unwrap_or_default();
    position.line() + rest.iter().take_while(|byte| **byte == b'\n').map(|_| 1).sum::<u64>()
}

/// What parts the columns: whichever stands most often in the first row, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in first.bytes() {
        is_quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| *mark == byte).filter(|_| !is_quoted) {
            *count += 1;
        }
    }
    // Of equals the first.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| *mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use zoop_domain::spreadsheet::guarded;

    const TEXT: &str = "Name,City\nZoë Müller,Köln\n";

    fn utf_16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes_of).collect()
    }

    fn table(text: &str) -> Vec<Vec<String>> {
        let Rows { header, rows } = rows(text).unwrap();
        let cells = |record: &StringRecord| record.iter().map(str::to_owned).collect();
        std::iter::once(&header).chain(rows.iter().map(|(_, record)| record)).map(cells).collect()
    }

    #[test]
    fn letters_are_read_whatever_wrote_them() {
        let western: Vec<u8> = TEXT.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
        let marked = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        for (bytes, encoding) in [
            (TEXT.as_bytes().to_vec(), "UTF-8"),
            (marked, "UTF-8"),
            (utf_16(TEXT, u16::to_le_bytes), "UTF-16"),
            (utf_16(TEXT, u16::to_be_bytes), "UTF-16"),
            (western, "Windows-1252"),
        ] {
            assert_eq!(decode(&bytes), Ok(Decoded { text: TEXT.into(), encoding }));
        }
    }

    #[test]
    fn a_file_that_lies_about_its_kind_is_told_what_it_is() {
        for (bytes, word) in [
            (&b"PK\x03\x04\x14\0"[..], "workbook"),
            (b"\xd0\xcf\x11\xe0", "workbook"),
            (b"%PDF-1.7\nName,Email", "PDF"),
            (b"\x89PNG\r\n\x1a\n", "picture"),
            (b"<!doctype html><p>", "web page"),
            (b"\x1f\x8b\x08", "compressed"),
            (b"Name\0Email", "text file"),
            (b"MZ\x90\0\x03", "text file"),
            (b"\xff\xfeN\0a\0m", "can’t be read"),
            (b"", "empty"),
            (b" \r\n", "empty"),
        ] {
            assert!(decode(bytes).unwrap_err().contains(word), "{bytes:?}");
        }
    }

    #[test]
    fn columns_are_parted_by_comma_semicolon_or_tab() {
        let wanted = vec![vec!["Name", "Email"], vec!["Rosa, D", "r@x.example"]];
        for text in [
            "Name,Email\n\"Rosa, D\",r@x.example",
            "Name;Email\nRosa, D;r@x.example\n",
            "Name\tEmail\nRosa, D\tr@x.example\n",
            "sep=;\nName;Email\nRosa, D;r@x.example\n",
            "\n\"Name\",\"Email\"\n,\n\"Rosa, D\",\"r@x.example\"\n\n",
        ] {
            assert_eq!(table(text), wanted, "{text}");
        }
        assert_eq!(table("Name\nRosa"), [["Name"], ["Rosa"]]);
    }

    #[test]
    fn a_row_is_told_by_the_line_it_begins_on() {
        let decoded = decode(b"Name,Address\r\nRosa,\"1 Elm St\r\nAustin\"\r\n\r\nSam,2 Elm St\r\n").unwrap();
        let read = rows(&decoded.text).unwrap();
        assert_eq!(read.rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(&read.rows[0].1[1], "1 Elm St\nAustin");
        let old = decode(b"Name\rRosa\rSam").unwrap();
        assert_eq!(rows(&old.text).unwrap().rows[1].0, 3);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read(
            cells in prop::collection::vec(prop::collection::vec("[a-zA-Z0-9 ,;\"=+@é'\n-]{1,12}[a-z]", 3..4), 1..6),
            mark in prop::sample::select(vec![b',', b';', b'\t']),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(mark).from_writer(Vec::new());
            writer.write_record(["Name", "Email", "Address"]).unwrap();
            for row in &cells {
                writer.write_record(row.iter().map(|cell| guarded(cell).into_owned())).unwrap();
            }
            let decoded = decode(&writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(&table(&decoded.text)[1..], &cells[..]);
        }

        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(decoded) = decode(&bytes) {
                prop_assert!(!decoded.text.contains('\0'));
                let _ = rows(&decoded.text);
            }
        }
    }
}
