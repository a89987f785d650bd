//! `yihao config`

use serde_json::json;

use super::Call;
use crate::config::{Config, Setting};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Print every key with its default and its meaning.
    Reference,
    /// Read the configuration and say whether it can be used.
    Check,
}

impl Command {
    pub fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::Reference => {
                let settings = Config::reference();
                call.print.either(&settings, || as_toml(&settings));
            }
            Self::Check => {
                let config = call.config()?;
                crate::server::refuse_danger(&config)?;
                let on = config.danger.switched_on();
                call.print.either(&json!({ "issuer": config.issuer(), "danger": on }), || match &on[..] {
                    [] => format!("ok: {}", config.issuer()),
                    on => format!("ok, but not for production: {} is on", on.join(", ")),
                });
            }
        }
        Ok(())
    }
}

/// A file that changes nothing, with everything that can be changed in it.
fn as_toml(settings: &[Setting]) -> String {
    let mut text = String::new();
    let mut section = "";
    for Setting { key, default, meaning } in settings {
        let Some((path, name)) = key.rsplit_once('.') else { continue };
        if path != section {
            text.push_str(&format!("{}[{path}]\n", if section.is_empty() { "" } else { "\n" }));
            section = path;
        }
        text.push_str(&format!("# {}\n", meaning.trim()));
        let value = if default.is_empty() { "…" } else { default };
        text.push_str(&format!("# {name} = {value}\n"));
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_a_configuration_with_all_defaults_once_it_is_uncommented() {
        let text = as_toml(&Config::reference());
        let is_setting = |line: &&str| line.starts_with('[') || line.contains(" = ");
        let lines = text.lines().filter(is_setting).filter(|line| !line.ends_with('…'));
        let toml: Vec<&str> = lines.map(|line| line.trim_start_matches("# ")).collect();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("yihao.toml");
        std::fs::write(&file, toml.join("\n")).unwrap();
        assert_eq!(Config::load(Some(&file)).unwrap(), Config::default());
    }
}
