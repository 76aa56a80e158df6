//! The body Stripe reads: an ordered form whose nested names stand in brackets, `line_items[0][quantity]=1`.
//!
//! Order is kept, so that the same parameters always make the same bytes: Stripe refuses an idempotency key that
//! returns with another body.

use std::fmt::Display;

/// An ordered form under construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    prefix: Vec<String>,
    pairs: Vec<(String, String)>,
}

impl Form {
    /// An empty form.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value. An empty text is sent too: it tells Stripe to unset.
    pub fn set(&mut self, name: &str, value: impl Display) {
        let key = self.key(name);
        self.pairs.push((key, value.to_string()));
    }

    /// Adds a value if there is one.
    pub fn maybe(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Adds what `build` adds, one level deeper: `name[…]`.
    pub fn nest(&mut self, name: &str, build: impl FnOnce(&mut Self)) {
        self.prefix.push(name.to_owned());
        build(self);
        self.prefix.pop();
    }

    /// Adds a list of values: `name[0]`, `name[1]`, …
    pub fn list<T: Display>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        self.nest(name, |form| {
            for (index, value) in values.into_iter().enumerate() {
                form.set(&index.to_string(), value);
            }
        });
    }

    /// Adds a map of values: `name[key]`, in the order given.
    pub fn map<K: AsRef<str>, V: Display>(&mut self, name: &str, entries: impl IntoIterator<Item = (K, V)>) {
        self.nest(name, |form| {
            for (key, value) in entries {
                form.set(key.as_ref(), value);
            }
        });
    }

    /// Asks for objects in place of their ids.
    pub fn expand(&mut self, paths: &[&str]) {
        self.list("expand", paths);
    }

    /// The names and values so far, in order.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The form as `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn encode(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish()
    }

    fn key(&self, name: &str) -> String {
        let Some((root, deeper)) = self.prefix.split_first() else {
            return name.to_owned();
        };
        let mut key = root.clone();
        for part in deeper.iter().map(String::as_str).chain([name]) {
            key.push('[');
            key.push_str(part);
            key.push(']');
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nested_names_stand_in_brackets_in_the_order_they_were_added() {
        let mut form = Form::new();
        form.set("mode", "payment");
        form.nest("line_items", |form| {
            form.nest("0", |form| {
                form.nest("price_data", |form| {
                    form.set("unit_amount", 1099);
                    form.nest("product_data", |form| form.set("name", "Invoice 7 & 8"));
                });
                form.set("quantity", 1);
            });
        });
        form.list("allowed_payment_method_types", ["card", "us_bank_account"]);
        form.map("metadata", [("invoice_id", "inv_1")]);
        form.maybe("absent", None::<&str>);
        form.set("email", "");
        let decoded = form.encode().replace("%5B", "[").replace("%5D", "]");
        assert_eq!(
            decoded,
            "mode=payment&line_items[0][price_data][unit_amount]=1099\
             &line_items[0][price_data][product_data][name]=Invoice+7+%26+8&line_items[0][quantity]=1\
             &allowed_payment_method_types[0]=card&allowed_payment_method_types[1]=us_bank_account\
             &metadata[invoice_id]=inv_1&email="
        );
    }

    #[test]
    fn stripes_own_placeholder_survives() {
        let mut form = Form::new();
        form.set("success_url", "https://a.test/r/x?session={CHECKOUT_SESSION_ID}");
        let encoded = form.encode();
        let (_, value) = url::form_urlencoded::parse(encoded.as_bytes()).next().unwrap();
        assert_eq!(value, "https://a.test/r/x?session={CHECKOUT_SESSION_ID}");
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(pairs in prop::collection::vec(("[a-z_]{1,12}", ".*"), 0..12)) {
            let mut form = Form::new();
            for (name, value) in &pairs {
                form.set(name, value);
            }
            let encoded = form.encode();
            prop_assert!(encoded.is_ascii());
            let read: Vec<_> = url::form_urlencoded::parse(encoded.as_bytes()).into_owned().collect();
            prop_assert_eq!(read, pairs);
        }

        #[test]
        fn a_name_has_one_bracket_for_each_level(path in prop::collection::vec("[a-z0-9_]{1,8}", 1..6)) {
            fn put(form: &mut Form, path: &[String]) {
                match path {
                    [] => {}
                    [name] => form.set(name, "v"),
                    [name, deeper @ ..] => form.nest(name, |form| put(form, deeper)),
                }
            }
            let mut form = Form::new();
            put(&mut form, &path);
            form.set("after", 1);
            let expected = path.iter().skip(1).fold(path[0].clone(), |key, part| format!("{key}[{part}]"));
            prop_assert_eq!(&form.pairs()[0].0, &expected);
            prop_assert_eq!(&form.pairs()[1].0, "after");
        }
    }
}
