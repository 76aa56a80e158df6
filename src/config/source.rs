//! Where settings are written: a TOML file, `ZOOP_…` variables, files that hold one secret each,
//! and the command line. The later wins. What is wrong is said without repeating what was
//! written, because it may be a secret.

use std::path::Path;

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format as _, Toml};
use secrecy::SecretString;
use serde::Deserialize;

use super::ConfigError;
use crate::cli::{Cli, Command};

/// The settings the file and the variables may give; a variable's name has `ZOOP_` before it.
pub(crate) const SETTINGS: &[&str] = &[
    "database_url",
    "base_url",
    "listen",
    "stripe_secret_key",
    "stripe_webhook_secret",
    "stripe_api_base",
    "stripe_checkout_origin",
    "trusted_proxies",
    "smtp_url",
    "mail_from",
    "workers",
];
/// Those of them that may stand in a file of their own, named by `…_file`.
pub(crate) const SECRETS: &[&str] = &["database_url", "stripe_secret_key", "stripe_webhook_secret", "smtp_url"];
/// Read elsewhere: where the file is, the log's two, and where `zoop user` finds a password.
const OTHER_VARIABLES: &[&str] = &["ZOOP_CONFIG", "ZOOP_LOG", "ZOOP_LOG_FORMAT", "ZOOP_PASSWORD_FILE"];

/// The settings as written; what isn't written keeps its default.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Written {
    pub(super) database_url: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) listen: Option<String>,
    pub(super) stripe_secret_key: Option<String>,
    pub(super) stripe_webhook_secret: Option<String>,
    pub(super) stripe_api_base: Option<String>,
    pub(super) stripe_checkout_origin: Option<String>,
    pub(super) trusted_proxies: Option<Networks>,
    pub(super) smtp_url: Option<String>,
    pub(super) mail_from: Option<String>,
    pub(super) workers: Option<Count>,
    pub(super) database_url_file: Option<String>,
    pub(super) stripe_secret_key_file: Option<String>,
    pub(super) stripe_webhook_secret_file: Option<String>,
    pub(super) smtp_url_file: Option<String>,
}

/// A number, or in a variable the text of one.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Count {
    Number(u64),
    Text(String),
}

impl Count {
    pub(super) fn as_text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// Networks in one text with commas, or in the file as a list.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Networks {
    Text(String),
    List(Vec<String>),
}

impl Networks {
    pub(super) fn as_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(list) => list.join(","),
        }
    }
}

/// Reads file, variables and command line.
pub(super) fn read(cli: &Cli) -> Result<Written, ConfigError> {
    let mut figment = Figment::new();
    if let Some(file) = &cli.config {
        if !file.is_file() {
            return Err(ConfigError::new(format!("there is no configuration file {}", file.display())));
        }
        figment = figment.merge(Toml::file_exact(file));
        for name in SECRETS {
            if figment.contains(name) && figment.contains(&file_of(name)) {
                return Err(both(name, &file_of(name)));
            }
        }
    }
    for name in SETTINGS {
        let (here, elsewhere) = (variable(name), Some(file_of(name)).filter(|_| SECRETS.contains(name)));
        let in_file = elsewhere.as_deref().and_then(variable);
        figment = match (here, elsewhere, in_file) {
            (Some(_), Some(file), Some(_)) => {
                return Err(both(&variable_name(name), &variable_name(&file)));
            }
            // A layer that gives the one takes the other away from the layers below it.
            (Some(value), Some(file), None) => figment.merge((*name, value)).merge((file, None::<String>)),
            (None, Some(file), Some(path)) => figment.merge((*name, None::<String>)).merge((file, path)),
            (Some(value), None, _) => figment.merge((*name, value)),
            (None, _, _) => figment,
        };
    }
    if let Some(address) = &cli.database_url {
        figment = figment.merge(("database_url", address)).merge(("database_url_file", None::<String>));
    }
    if let Command::Serve(options) = &cli.command
        && let Some(listen) = &options.listen
    {
        figment = figment.merge(("listen", listen));
    }
    figment.extract().map_err(|error| explain(&error))
}

/// A secret, from the setting itself or from the file that is named instead.
pub(super) fn secret(value: Option<String>, file: Option<String>) -> Result<Option<SecretString>, ConfigError> {
    let Some(file) = file else { return Ok(value.map(|value| value.trim().into())) };
    let text = std::fs::read_to_string(Path::new(&file))
        .map_err(|error| ConfigError::new(format!("the secret’s file {file} can’t be read: {error}")))?;
    match text.trim() {
        "" => Err(ConfigError::new(format!("the secret’s file {file} is empty"))),
        secret => Ok(Some(secret.into())),
    }
}

/// `ZOOP_…` variables that nothing reads: most likely misspelt.
pub(crate) fn unknown_variables() -> Vec<String> {
    let known: Vec<String> = SETTINGS
        .iter()
        .map(|name| variable_name(name))
        .chain(SECRETS.iter().map(|name| variable_name(&file_of(name))))
        .chain(OTHER_VARIABLES.iter().map(|&name| name.to_owned()))
        .collect();
    let set = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut unknown: Vec<String> = set.filter(|name| name.starts_with("ZOOP_") && !known.contains(name)).collect();
    unknown.sort();
    unknown
}

/// Taken as it stands: a key of digits is still a text.
fn variable(name: &str) -> Option<String> {
    Env::var(&variable_name(name)).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn variable_name(name: &str) -> String {
    format!("ZOOP_{}", name.to_uppercase())
}

fn file_of(name: &str) -> String {
    format!("{name}_file")
}

fn both(one: &str, other: &str) -> ConfigError {
    ConfigError::new(format!("{one} and {other} are both set; keep one of them"))
}

fn explain(error: &figment::Error) -> ConfigError {
    let key = error.path.last().map_or("", String::as_str);
    let file = error.metadata.as_ref().and_then(|metadata| metadata.source.as_ref()).map(ToString::to_string);
    let place = file.as_ref().map_or_else(String::new, |file| format!(" in {file}"));
    ConfigError::new(match &error.kind {
        Kind::UnknownField(name, _) => {
            format!("{name:?}{place} is no setting of Zoop’s; there are {}", SETTINGS.join(", "))
        }
        Kind::InvalidType(..) | Kind::InvalidValue(..) => format!("{key}{place} must be a text in quotes"),
        Kind::Message(message) if key == "workers" && !message.contains('\n') => {
            format!("{key}{place} must be a whole number like 4")
        }
        Kind::Message(message) if key == "trusted_proxies" && !message.contains('\n') => {
            format!("{key}{place} must be a text, or a list of texts, like \"10.0.0.0/8\"")
        }
        // The parser draws the line that it couldn't read; that line may hold a secret.
        Kind::Message(message) => {
            let lines = message.lines().filter(|line| !line.contains('|')).map(str::trim);
            let said: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            let said = said.join(": ").replace("TOML parse error at ", "");
            format!("{} can’t be read: {said}", file.as_deref().unwrap_or("the configuration file"))
        }
        _ => format!("{key}{place} can’t be used"),
    })
}
