//! Samples of files on their way in.

use zoop_app::import::show::Shown;
use zoop_app::import::{Listed, Preview};
use zoop_domain::import::{Import, ImportKind, ImportState, RowNote};

use super::{id, instant, usd};

fn notes(notes: &[(u64, &str)], count: usize) -> Listed {
    let note = |(line, words): &(u64, &str)| RowNote { line: *line, words: (*words).to_owned() };
    Listed { first: notes.iter().map(note).collect(), count }
}

fn rows(rows: &[(u64, &[&str])]) -> Vec<(u64, Vec<String>)> {
    rows.iter().map(|(line, cells)| (*line, cells.iter().map(|cell| (*cell).to_owned()).collect())).collect()
}

fn customers() -> Preview {
    Preview {
        file_name: "customers <old>.csv".into(),
        encoding: "Windows-1252".into(),
        good: 1_204,
        total: None,
        columns: &["Name", "Email", "Phone", "Address"],
        first: rows(&[
            (2, &["Rosa Delgado", "rosa@delgado.example", "(512) 555-0176", "1418 Juniper St, Austin, TX 78702"]),
            (
                3,
                &[
                    "Okafor Dental (Ada Okafor)",
                    "billing@okaforandsonsdental.example",
                    "",
                    "9 Loop Rd, Austin, TX 78704",
                ],
            ),
            (4, &["=HYPERLINK(\"http://evil.example\")", "", "+44 20 7946 0991", ""]),
            (6, &["Zoë Müller", "", "", ""]),
        ]),
        problems: Listed::default(),
        warnings: notes(&[(9, "Luz Delgado shares rosa@delgado.example with another customer.")], 1),
        left_out: notes(&[(12, "Theo Lindqvist is here already."), (13, "Sam Lee is here already.")], 64),
        unused: vec!["Shoe size".into(), "Notes".into()],
    }
}

/// Rows that must be put right.
pub(crate) fn wrong() -> Preview {
    let problems = [
        (7, "“rosa at delgado.example” is no email address. Enter one such as dana@example.com, or leave it empty."),
        (19, "Enter a name. Enter a phone number such as (512) 555-0176 or +44 20 7946 0991 ext. 4."),
        (23, "This row has 9 columns, the first one has 5. Put a text that holds a comma in quotes."),
    ];
    Preview { good: 1_150, problems: notes(&problems, 54), ..customers() }
}

/// Nothing new.
pub(crate) fn all_here() -> Preview {
    Preview { good: 0, first: Vec::new(), warnings: Listed::default(), ..customers() }
}

fn import(kind: ImportKind, state: ImportState) -> Import {
    Import {
        id: id("imp", 1),
        business: id("biz", 1),
        kind,
        state,
        file_name: "customers <old>.csv".into(),
        encoding: "UTF-8".into(),
        content_hash: String::new(),
        row_count: 1_204,
        left_out: 64,
        made_by: String::new(),
        error: None,
        created_at: instant("2026-11-23T14:00:00Z"),
        finished_at: (state == ImportState::Done).then(|| instant("2026-11-23T14:01:00Z")),
    }
}

fn shown(state: ImportState) -> Shown {
    Shown { import: import(ImportKind::Customers, state), preview: None, progress: None, same: None }
}

/// May come in.
pub(crate) fn checked() -> Shown {
    Shown { preview: Some(customers()), ..shown(ImportState::Checked) }
}

/// The same, and came in before.
pub(crate) fn again() -> Shown {
    let plain = Preview {
        good: 1,
        warnings: Listed::default(),
        left_out: Listed::default(),
        unused: Vec::new(),
        first: customers().first.into_iter().take(1).collect(),
        ..customers()
    };
    Shown { preview: Some(plain), same: Some(("Nov 20, 2026".into(), "Nora Keane".into())), ..checked() }
}

/// Open invoices that may come in.
pub(crate) fn invoices() -> Shown {
    let preview = Preview {
        good: 2,
        total: Some(usd(137_956)),
        columns: &["Customer", "Number", "Issued", "Due", "For", "Owed"],
        first: rows(&[
            (2, &["Rosa Delgado", "1042", "Nov 3, 2026", "Dec 3, 2026", "Spring cleanup", "$1,234.56"]),
            (3, &["Okafor Dental", "", "Aug 1, 2026", "Aug 31, 2026", "Balance brought forward", "$145.00"]),
        ]),
        warnings: Listed::default(),
        left_out: Listed::default(),
        unused: Vec::new(),
        encoding: "UTF-8".into(),
        ..customers()
    };
    let import = import(ImportKind::Invoices, ImportState::Checked);
    Shown { import, preview: Some(preview), progress: None, same: None }
}

/// On its way in.
pub(crate) fn running(progress: Option<(usize, usize)>) -> Shown {
    Shown { progress, ..shown(ImportState::Running) }
}

/// All in.
pub(crate) fn done() -> Shown {
    shown(ImportState::Done)
}

/// Not in, and may be tried again.
pub(crate) fn failed() -> Shown {
    let why = Some("Something went wrong on our side.".to_owned());
    let import = Import { error: why, ..import(ImportKind::Customers, ImportState::Failed) };
    Shown { import, ..checked() }
}

/// Its file is gone.
pub(crate) fn gone() -> Shown {
    shown(ImportState::Checked)
}
