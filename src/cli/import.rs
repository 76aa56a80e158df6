//! `zoop import …` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Add the customers of a CSV file, all of them or none.
    Customers(ImportFile),
    /// Add the invoices of a CSV file that are still owed, all of them or none. Nobody is mailed.
    Invoices(ImportFile),
}

#[derive(Debug, Args)]
pub(crate) struct ImportFile {
    /// The file, with the columns' names in its first row
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The business, by its name or its id; not needed if there is one only
    #[arg(long, value_name = "NAME or ID")]
    pub business: Option<String>,
    /// Say what would come in, and change nothing
    #[arg(long)]
    pub check: bool,
}
