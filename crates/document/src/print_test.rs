//! Reads printed documents back: what they say, on which paper, and that nothing typed by anybody is
//! more than text.

use lopdf::{Document, Object};

use crate::sample;

/// A document, read back.
struct Printed {
    pdf: Document,
    bytes: Vec<u8>,
}

impl Printed {
    fn new(bytes: Result<Vec<u8>, crate::Error>) -> Self {
        let bytes = bytes.unwrap();
        Self { pdf: Document::load_mem(&bytes).unwrap(), bytes }
    }

    fn invoice(document: &crate::InvoiceDocument) -> Self {
        Self::new(crate::invoice(document))
    }

    /// What stands on a page, without spaces: where lines break is the template's matter.
    fn page(&self, page: u32) -> String {
        self.pdf.extract_text(&[page]).unwrap().split_whitespace().collect()
    }

    fn pages(&self) -> u32 {
        u32::try_from(self.pdf.get_pages().len()).unwrap()
    }

    #[track_caller]
    fn says(&self, parts: &[&str]) {
        let all: String = (1..=self.pages()).map(|page| self.page(page)).collect();
        for part in parts {
            let part: String = part.split_whitespace().collect();
            assert!(all.contains(&part), "{part} is not in {all}");
        }
    }

    /// Width and height of the first page, in whole points.
    fn paper(&self) -> [i64; 2] {
        let page = self.pdf.get_dictionary(self.pdf.get_pages()[&1]).unwrap();
        let corners = page.get(b"MediaBox").unwrap().as_array().unwrap();
        [&corners[2], &corners[3]].map(|corner| corner.as_float().unwrap().round() as i64)
    }

    fn images(&self) -> usize {
        let is_form = |object: &&Object| {
            object.as_stream().is_ok_and(|stream| {
                stream
                    .dict
                    .get(b"Subtype")
                    .and_then(Object::as_name)
                    .is_ok_and(|name| name == b"Form" || name == b"Image")
            })
        };
        self.pdf.objects.values().filter(is_form).count()
    }
}

#[test]
fn an_invoice_says_who_asks_how_much_and_for_what() {
    let printed = Printed::invoice(&sample::overdue());
    assert_eq!(printed.pages(), 1);
    printed.says(&[
        "Greenline Lawn & Garden",
        "Balance due $163.05 Overdue",
        "Invoice number INV-1051 Issued Aug 17, 2026 Due Aug 31, 2026",
        "Billed to Dana Whitfield 118 Alder Court Austin, TX 78745",
        "(512) 555-0148",
        "Overseeding, by the hour 2.5 $30.00 $75.00",
        "Subtotal $243.00 Texas sales tax (8.25%) $20.05 Total $263.05",
        "Paid Sep 2, 2026, check #1042 −$100.00 Balance due $163.05",
        "How to pay",
        "Send a check payable to",
        "Page 1 of 1",
    ]);
    Printed::invoice(&sample::canceled()).says(&["Canceled on Jul 6, 2026", "INV-1036 takes its place"]);
}

#[test]
fn a_receipt_has_each_payment_with_its_charge_and_each_refund() {
    let printed = Printed::new(crate::receipt(&sample::receipt()));
    printed.says(&[
        "Receipt",
        "Paid on Sep 4, 2026",
        "Received from Dana Whitfield",
        "Plan Monthly lawn care",
        "Check #1042 Sep 2, 2026 $100.00",
        "Visa •••• 4242 Charge ch_3RvK8tLkdIwHu7ix1mQe4aXb Sep 4, 2026 $163.05",
        "Back to Visa •••• 4242 Refund re_3RvK8tLkdIwHu7ix1kPz9cQd Sep 15, 2026 $60.00",
    ]);
    let mut free = sample::receipt();
    free.payments.clear();
    Printed::new(crate::receipt(&free)).says(&["The total was zero, so there was nothing to pay."]);
}

#[test]
fn what_looks_like_markup_is_printed_as_it_is() {
    let document = sample::awkward();
    let printed = Printed::invoice(&document);
    let bill = &document.bill;
    printed.says(&[&bill.letterhead.name, &bill.customer_name, &bill.number]);
    for line in &bill.totals.lines[..3] {
        let description = line.description.replace(char::is_control, " ");
        printed.says(&[&description]);
    }
    printed.says(&["#eval(\"1\") *now*", "Sales tax of the County of *Travis* and its #districts (8.25%)"]);
    printed.says(&["Café", "Ωμέγα", "Жук", "tiếng Việt"]);
}

#[test]
fn a_long_word_stays_on_the_paper() {
    let mut document = sample::overdue();
    document.bill.customer_name = "W".repeat(3_000);
    let printed = Printed::invoice(&document);
    printed.says(&[&document.bill.customer_name]);
    // Off the paper it would take one line; broken, it takes more than a page of them.
    assert!(printed.pages() > 1);
}

#[test]
fn three_hundred_lines_break_over_pages_under_their_labels() {
    let printed = Printed::invoice(&sample::long());
    let pages = printed.pages();
    assert!(pages > 5, "{pages}");
    for page in 1..=pages {
        let text = printed.page(page);
        assert!(text.contains("DescriptionQuantityUnitpriceTotal"), "{page}: {text}");
        assert!(text.contains(&format!("Page{page}of{pages}")), "{page}: {text}");
    }
    let visits: Vec<_> = (1..=300).map(|visit| format!("Visit {visit}, window cleaning")).collect();
    printed.says(&visits.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(printed.page(pages).contains("Total£6,660.00"));
    assert_eq!(printed.paper(), [595, 842], "pounds are printed on A4");
}

#[test]
fn dollars_are_printed_on_letter_paper() {
    assert_eq!(Printed::invoice(&sample::overdue()).paper(), [612, 792]);
}

#[test]
fn it_names_its_title_author_and_language_and_is_tagged() {
    let printed = Printed::invoice(&sample::overdue());
    let info = printed.pdf.trailer.get(b"Info").unwrap().as_reference().unwrap();
    let info = printed.pdf.get_dictionary(info).unwrap();
    let text = |key: &[u8]| lopdf::decode_text_string(info.get(key).unwrap()).unwrap();
    assert_eq!(text(b"Title"), "Invoice INV-1051 from Greenline Lawn & Garden");
    assert_eq!(text(b"Author"), "Greenline Lawn & Garden");
    assert!(text(b"CreationDate").starts_with("D:20260918"));
    let catalog = printed.pdf.catalog().unwrap();
    assert!(lopdf::decode_text_string(catalog.get(b"Lang").unwrap()).unwrap().starts_with("en"));
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"MarkInfo"));
}

#[test]
fn the_same_data_makes_the_same_bytes() {
    let first = Printed::invoice(&sample::overdue());
    Printed::new(crate::receipt(&sample::receipt()));
    assert!(first.bytes == Printed::invoice(&sample::overdue()).bytes);
}

#[test]
fn a_logo_that_cannot_be_drawn_is_left_out() {
    let mut document = sample::overdue();
    let drawn = Printed::invoice(&document);
    document.bill.letterhead.logo = None;
    let without = Printed::invoice(&document);
    for logo in [
        &b"<svg>no"[..],
        b"\x89PNG\r\n\x1a\nno",
        b"",
        br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0"/>"#,
    ] {
        document.bill.letterhead.logo = Some(logo.to_vec());
        let printed = Printed::invoice(&document);
        printed.says(&["Greenline Lawn & Garden", "$163.05"]);
        assert_eq!(printed.images(), without.images());
    }
    assert!(drawn.bytes.len() > without.bytes.len());
}

#[test]
fn many_at_once_come_out_alike() {
    let alone = crate::invoice(&sample::overdue()).unwrap();
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| crate::invoice(&sample::overdue()).unwrap())).collect();
    for thread in threads {
        assert!(thread.join().unwrap() == alone);
    }
}
