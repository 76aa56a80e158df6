//! `zoop user …` on the command line. A password is never an argument: arguments are everybody's to read.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Make an account, or let somebody who has one into another business.
    Create(CreateUser),
    /// List who can sign in, and what he is in which business.
    List,
    /// Give somebody a new password. All his browsers are signed out.
    ResetPassword(ResetPassword),
    /// Turn off the authenticator of somebody who lost it and his recovery codes. All his browsers are signed out.
    TurnOffAuthenticator {
        /// Whose
        #[arg(value_name = "ADDRESS")]
        email: String,
    },
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("workplace").required(true).args(["business", "new_business"])))]
pub(crate) struct CreateUser {
    /// What he signs in with
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    /// How he is called; not needed if he has an account
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What he is: `owner` or `office`
    #[arg(long, value_name = "ROLE", default_value = "owner")]
    pub role: String,
    /// The business he works in, by its name or its id
    #[arg(long, value_name = "NAME or ID")]
    pub business: Option<String>,
    /// A business to be made for him
    #[arg(long, value_name = "NAME", requires = "time_zone")]
    pub new_business: Option<String>,
    /// Where the new business's days begin, such as `America/Chicago`
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// What the new business bills in: `usd`, `cad`, `eur`, `gbp`, `aud` or `nzd`
    #[arg(long, value_name = "CODE", default_value = "usd")]
    pub currency: String,
    #[command(flatten)]
    pub password: PasswordFile,
}

#[derive(Debug, Args)]
pub(crate) struct ResetPassword {
    /// Whose
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    #[command(flatten)]
    pub password: PasswordFile,
}

#[derive(Debug, Args)]
pub(crate) struct PasswordFile {
    /// A file that holds the password; without it you are asked, or it is read from standard input
    #[arg(long, value_name = "FILE", env = "ZOOP_PASSWORD_FILE")]
    pub password_file: Option<PathBuf>,
}
