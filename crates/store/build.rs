//! Migrations are built into the program: cargo has to look at the folder again when a file is
//! added to it, which `sqlx::migrate!` can't tell it.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
