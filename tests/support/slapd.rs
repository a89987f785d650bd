//! Throwaway directories: OpenLDAP on a free port of 127.0.0.1, in a temporary directory, ended when dropped. A server that
//! does not start fails the test.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ldap3::{Ldap, LdapConnAsync};
use tempfile::TempDir;

use super::certificate::Certificate;
use super::redis::free_port;

const PROGRAM: &str = "/usr/sbin/slapd";
const PATIENCE: Duration = Duration::from_secs(60);
/// Of the account that may only read.
pub const PASSWORD: &str = "nur-lesen";
const READER: &str = "cn=读者,dc=old,dc=example";

/// One `slapd`, which holds `dc=old,dc=example`.
pub struct Slapd {
    pub port: u16,
    /// By TLS from the first byte.
    pub tls_port: u16,
    server: Child,
    directory: TempDir,
}

impl Slapd {
    /// With these entries, in LDIF. `limit`: the reader is given no more than so many.
    pub async fn start(entries: &str, limit: Option<u32>, certificate: &Certificate) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        fill(directory.path(), entries, limit, certificate);
        // Between the choice of a free port and its use another process may take it: choose again.
        for _ in 0..5 {
            let (port, tls_port) = (free_port(), free_port());
            let mut server = spawn(directory.path(), port, tls_port);
            if answers(port, &mut server).await {
                return Self { port, tls_port, server, directory };
            }
        }
        panic!("slapd did not start; is the package slapd installed?");
    }

    /// The address by which one may only read, on a port that leads to the server.
    pub fn url(port: u16) -> String {
        format!("ldap://{READER}:{PASSWORD}@127.0.0.1:{port}")
    }

    /// In the name of its administrator.
    pub async fn administrator(&self) -> Ldap {
        administrator(self.port).await.expect("slapd answers")
    }

    /// All that it holds, as an export has it.
    pub fn export(&self) -> String {
        let done = tool(self.directory.path(), "slapcat").output().expect("slapcat runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("LDIF is ASCII")
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn fill(directory: &Path, entries: &str, limit: Option<u32>, certificate: &Certificate) {
    let data = directory.join("data");
    std::fs::create_dir_all(&data).expect("the directory can be written");
    let limit = limit.map_or("unlimited".to_owned(), |limit| limit.to_string());
    let configuration = format!(
        "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n\
         include /etc/ldap/schema/inetorgperson.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n\
         TLSCertificateFile {}\nTLSCertificateKeyFile {}\n\
         database mdb\nmaxsize 1073741824\ndbnosync\ndirectory {}\nsuffix dc=old,dc=example\n\
         rootdn cn=root,dc=old,dc=example\nrootpw root\n\
         limits dn.exact=\"{READER}\" size={limit} size.prtotal={limit}\n\
         access to attrs=userPassword by anonymous auth by dn.exact=\"{READER}\" read\n\
         access to * by anonymous auth by dn.exact=\"{READER}\" read\n",
        certificate.file.display(),
        certificate.key_file.display(),
        data.display(),
    );
    std::fs::write(directory.join("slapd.conf"), configuration).expect("the directory can be written");
    let top = format!(
        "dn: dc=old,dc=example\nobjectClass: dcObject\nobjectClass: organization\no: old\ndc: old\n\n\
         dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: 读者\n\
         userPassword: {PASSWORD}\n\n\
         dn: ou=people,dc=old,dc=example\nobjectClass: organizationalUnit\nou: people\n\n"
    );
    let file = directory.join("entries.ldif");
    std::fs::write(&file, top + entries).expect("the directory can be written");
    let done = tool(directory, "slapadd").args(["-q", "-l"]).arg(file).output().expect("slapadd runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// One of the server's programs, all of which are the same file. A copy is run: where the system's AppArmor watches over
/// the original (Ubuntu), that may read nothing here.
fn tool(directory: &Path, name: &str) -> Command {
    let program = directory.join("program");
    if !program.exists() {
        // By another process: a file that this one has open for writing may be run by nobody (ETXTBSY), and a test beside
        // this one that begins a process just then keeps it open.
        let copied = Command::new("cp").args([Path::new(PROGRAM), &program]).status().expect("cp runs");
        assert!(copied.success(), "the package slapd is installed");
    }
    let mut command = Command::new(program);
    command.arg0(name).arg("-f").arg(directory.join("slapd.conf")).stdin(Stdio::null());
    command
}

fn spawn(directory: &Path, port: u16, tls_port: u16) -> Child {
    tool(directory, "slapd")
        .args(["-d", "0", "-h", &format!("ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls_port}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("slapd runs")
}

/// Whether the server answers before it ends (nobody else lets its administrator in) or patience does.
async fn answers(port: u16, server: &mut Child) -> bool {
    let since = Instant::now();
    while since.elapsed() < PATIENCE && server.try_wait().expect("its state is known").is_none() {
        if administrator(port).await.is_ok() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

async fn administrator(port: u16) -> ldap3::result::Result<Ldap> {
    let (connection, mut ldap) = LdapConnAsync::new(&format!("ldap://127.0.0.1:{port}")).await?;
    ldap3::drive!(connection);
    ldap.simple_bind("cn=root,dc=old,dc=example", "root").await?.success()?;
    Ok(ldap)
}
