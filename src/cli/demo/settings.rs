//! The demo's configuration file.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, ensure};

use super::ports::Ports;

/// `data` is absolute, so that other commands can use the file from anywhere. `authority`: the folder of the U-key
/// station's authority, where there is one.
pub fn toml(data: &Path, ports: &Ports, authority: Option<&Path>) -> anyhow::Result<String> {
    let path = data.to_str().context("the data directory's name is not UTF-8")?;
    ensure!(!path.contains(['\'', '\n']), "the data directory's name has a quotation mark or a line end");
    let Ports { public, registers, internal, .. } = ports;
    let (proxies, certificate) = match authority {
        None => (String::new(), String::new()),
        Some(folder) => {
            let folder = folder.display();
            let certificate = format!(
                "
# The U-key station stands before Yihao as a proxy: whoever is on this machine can say which certificate was shown.
[certificate]
ca_file = '{folder}/ca.pem'
crl_files = ['{folder}/list.pem']
from_proxy = true
hardware = true
"
            );
            ("trusted_proxies = ['127.0.0.1/32']\n".to_owned(), certificate)
        }
    };
    Ok(format!(
        "# Written by `yihao demo` at each start: changes are lost. For other commands:
#   yihao --config '{path}/yihao.toml' client list
[server]
issuer = 'http://localhost:{public}'
listen = '127.0.0.1:{public}'
internal = '127.0.0.1:{internal}'
stop_seconds = 3
{proxies}
[storage]
url = 'sqlite://{path}/yihao.db'

[keys]
master_file = '{path}/master.key'

[registers]
url = 'http://127.0.0.1:{registers}'

[sms]
url = 'http://127.0.0.1:{registers}/sms'

[face]
url = 'http://localhost:{registers}/face'
name = '人脸比对服务（模拟）'

[network_identity]
url = 'http://localhost:{registers}/network-identity'
name = '国家网络身份认证（模拟）'

[national]
issuer = 'http://localhost:{registers}/national'
name = '国家政务服务平台（模拟）'

[chip]
readers_file = '{path}/readers.json'
{certificate}
[outbound]
allow = ['http://localhost:{hall}', 'http://localhost:{certificates}', 'http://localhost:{licences}']

[log]
filter = 'warn'

# Nobody here is real.
[danger]
simulate_registers = true
simulate_sms = true
simulate_proofs = true
",
        hall = ports.hall,
        certificates = ports.certificates,
        licences = ports.licences,
    ))
}

/// Writes a file that only its owner can read.
pub fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(file).and_then(|mut opened| opened.write_all(text.as_bytes()));
    written.with_context(|| format!("{}: cannot be written", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_file_is_a_configuration() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("yihao.toml");
        let ports = Ports::above(8080);
        write(&file, &toml(directory.path(), &ports, Some(&directory.path().join("ukey"))).unwrap()).unwrap();
        let config = Config::load(Some(&file)).unwrap();
        assert!(config.certificate.from_proxy && config.server.trusted_proxies.len() == 1);
        write(&file, &toml(directory.path(), &ports, None).unwrap()).unwrap();
        let config = Config::load(Some(&file)).unwrap();
        assert_eq!(config.issuer(), "http://localhost:8080");
        assert_eq!(config.server.internal.port(), 9090);
        assert_eq!(config.danger.switched_on().len(), 3);
        assert!(config.certificate.ca_file.is_none() && config.server.trusted_proxies.is_empty());
        assert!(toml(Path::new("/it's"), &ports, None).is_err());
    }
}
