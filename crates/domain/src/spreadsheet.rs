//! Cells of a file that a spreadsheet opens: nothing in them is run as a formula, and what was done about it is undone
//! when the file comes back. Where a spreadsheet parts cells by semicolons or tabs, or doesn't heed quotes, a cell of ours
//! is several, so each place where one may begin is looked at.

use std::borrow::Cow;

/// What a formula begins with.
const MARKS: [char; 4] = ['=', '+', '-', '@'];
/// What may be dropped at a cell's start, so that the next letter begins it.
const DROPPED: [char; 3] = ['\t', '\r', '\n'];
/// Behind these another cell may begin.
const EDGES: [char; 4] = [';', '\t', '\r', '\n'];

/// The cell with an apostrophe before whatever a spreadsheet would run.
#[must_use]
pub fn guarded(cell: &str) -> Cow<'_, str> {
    rewritten(cell, |out, before, rest| out.extend([before, "'", rest]))
}

/// The cell as it was before it was [`guarded`]; others are left alone.
#[must_use]
pub fn plain(cell: &str) -> Cow<'_, str> {
    rewritten(cell, |out, before, rest| out.extend([before, rest.strip_prefix('\'').unwrap_or(rest)]))
}

/// Has `write` write each part that would be run, apostrophes or not: what stands before it, and itself.
fn rewritten(cell: &str, write: impl Fn(&mut String, &str, &str)) -> Cow<'_, str> {
    if !cell.contains(MARKS) && !cell.contains(DROPPED) {
        return Cow::Borrowed(cell);
    }
    let mut out = String::with_capacity(cell.len() + 1);
    for (place, part) in cell.split_inclusive(EDGES).enumerate() {
        let is_first = place == 0;
        // A quote that opens nothing, because its cell began elsewhere, may be dropped as a space is.
        let rest = part.trim_start_matches(|letter| letter == ' ' || (letter == '"' && !is_first));
        let begins = rest.trim_start_matches('\'');
        if begins.starts_with(MARKS) || (is_first && begins.starts_with(DROPPED)) {
            write(&mut out, &part[..part.len() - rest.len()], rest);
        } else {
            out.push_str(part);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_cell_begins_a_formula_and_others_stay_as_they_are() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("'=1", "''=1"),
            ("  @x", "  '@x"),
            ("\tx", "'\tx"),
            ("Oak; =1", "Oak; '=1"),
            ("Oak;\"=1", "Oak;\"'=1"),
            ("a\n- b\n- c", "a\n'- b\n'- c"),
            ("a\t+1", "a\t'+1"),
            ("a=1-b", "a=1-b"),
            ("'tis", "'tis"),
            ("Oak; 2", "Oak; 2"),
        ] {
            assert_eq!(guarded(cell), written);
            assert_eq!(plain(written), cell);
        }
        assert_eq!(plain("=1"), "=1", "another program's");
    }

    proptest! {
        #[test]
        fn a_cell_comes_back_as_it_was(cell in "[a;='\"+@ \t\r\n,-]{0,12}") {
            let written = guarded(&cell);
            prop_assert_eq!(plain(&written), cell.as_str());
            let begins = |part: &str| part.trim_start_matches([' ', '"']).starts_with(MARKS);
            prop_assert!(!written.split(EDGES).skip(1).any(begins), "{written:?}");
            prop_assert!(!written.trim_start_matches(' ').starts_with(MARKS), "{written:?}");
        }

        #[test]
        fn so_does_any_text(cell in any::<String>()) {
            let written = guarded(&cell);
            prop_assert_eq!(plain(&written), cell.as_str());
        }
    }
}
