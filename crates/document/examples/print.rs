//! Prints the sample documents into a folder and says what each costs, so that one can look at them:
//! `cargo run --release -p zoop-document --features samples --example print -- /tmp/documents`.

#![allow(clippy::print_stdout, reason = "it is a command")]

use std::error::Error;
use std::time::Instant;

/// How often each is printed.
const ROUNDS: u32 = 50;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: print FOLDER")?;
    std::fs::create_dir_all(&folder)?;
    let first = Instant::now();
    zoop_document::invoice(&zoop_document::sample::overdue())?;
    println!("the first, with fonts and library: {:.1?}", first.elapsed());
    for (name, print) in zoop_document::sample::ALL {
        let start = Instant::now();
        let mut pdf = Vec::new();
        // Each under a number of its own: what is remembered of the last one helps only so far.
        for round in 0..ROUNDS {
            pdf = print(&format!("INV-{}", 1051 + round))?;
        }
        println!("{name}: {:.1?}, {} bytes", start.elapsed() / ROUNDS, pdf.len());
        std::fs::write(format!("{folder}/{name}.pdf"), pdf)?;
    }
    Ok(())
}
