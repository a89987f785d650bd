//! Throwaway Redis servers: on free ports of 127.0.0.1, without persistence, in a temporary directory, ended
//! when dropped. A server that does not start fails the test.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(10);

/// One `redis-server`.
pub struct Redis {
    pub port: u16,
    /// Where the nodes of a cluster speak among themselves.
    bus: u16,
    server: Child,
    directory: TempDir,
    options: Vec<String>,
}

impl Redis {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// `options` as on the command line of `redis-server`.
    pub fn start_with(options: &[&str]) -> Self {
        let options: Vec<_> = options.iter().map(|option| (*option).to_owned()).collect();
        // Between the choice of a free port and its use another process may take it: choose again.
        for _ in 0..5 {
            let (port, bus) = (free_port(), free_port());
            let directory = TempDir::new().expect("a temporary directory");
            let server = spawn(port, bus, &directory, &options);
            let mut redis = Self { port, bus, server, directory, options: options.clone() };
            if answers(port, &mut redis.server) {
                return redis;
            }
        }
        panic!("redis-server did not start; is the package redis-server installed?");
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends the server as a crash would.
    pub fn kill(&mut self) {
        self.server.kill().expect("the server is ours to end");
        self.server.wait().expect("it has ended");
    }

    /// Starts it again on its port, empty.
    pub fn restart(&mut self) {
        self.server = spawn(self.port, self.bus, &self.directory, &self.options);
        assert!(answers(self.port, &mut self.server), "redis-server did not come back");
    }

    /// Sends one command of plain words; its answer as Redis wrote it.
    pub fn command(&self, words: &str) -> String {
        say(self.port, words).unwrap_or_else(|e| panic!("{words}: {e}"))
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Three masters that share the slots.
pub struct Cluster {
    nodes: Vec<Redis>,
}

impl Cluster {
    pub fn start() -> Self {
        let start = |_| Redis::start_with(&["--cluster-enabled", "yes", "--cluster-node-timeout", "5000"]);
        let nodes: Vec<Redis> = (0..3).map(start).collect();
        for (n, (node, slots)) in nodes.iter().zip(["0 5460", "5461 10922", "10923 16383"]).enumerate() {
            assert_eq!(node.command(&format!("CLUSTER ADDSLOTSRANGE {slots}")), "+OK\r\n");
            assert_eq!(node.command(&format!("CLUSTER SET-CONFIG-EPOCH {}", n + 1)), "+OK\r\n");
            for other in nodes.iter().take(n) {
                let meet = format!("CLUSTER MEET 127.0.0.1 {} {}", other.port, other.bus);
                assert_eq!(node.command(&meet), "+OK\r\n");
            }
        }
        let ready = |node: &Redis| {
            let info = node.command("CLUSTER INFO");
            info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
        };
        wait_until("the cluster is whole", || nodes.iter().all(ready));
        Self { nodes }
    }

    pub fn url(&self) -> String {
        let hosts: Vec<_> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        format!("redis-cluster://{}", hosts.join(","))
    }

    /// How many keys each node holds.
    pub fn sizes(&self) -> Vec<u64> {
        let size =
            |node: &Redis| node.command("DBSIZE").trim().trim_start_matches(':').parse().expect("a number");
        self.nodes.iter().map(size).collect()
    }
}

/// Tries every 20 ms; panics with `what` after ten seconds.
pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < PATIENCE, "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("it has an address").port()
}

fn spawn(port: u16, bus: u16, directory: &TempDir, options: &[String]) -> Child {
    // A file, not only options: a Sentinel keeps what it learns in it. It has no data, so nothing to save.
    let file = directory.path().join("redis.conf");
    std::fs::write(&file, "").expect("the directory can be written");
    let sentinel = options.iter().any(|option| option == "--sentinel");
    let bus = bus.to_string();
    let data = ["--save", "", "--appendonly", "no", "--cluster-port", &bus];
    Command::new("redis-server")
        .arg(file)
        .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--dir"])
        .arg(directory.path())
        .args(if sentinel { &[] } else { &data[..] })
        .args(options)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server runs; the package redis-server must be installed")
}

/// Whether the server answers (it, and nobody else who had the port first) before it ends or patience does.
fn answers(port: u16, server: &mut Child) -> bool {
    let (since, itself) = (Instant::now(), format!("process_id:{}\r\n", server.id()));
    while since.elapsed() < PATIENCE {
        if server.try_wait().expect("its state is known").is_some() {
            return false;
        }
        if say(port, "INFO server").is_ok_and(|answer| answer.contains(&itself)) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// An inline command on a connection of its own: the server answers, sees no more words and closes.
fn say(port: u16, words: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "{words}\r\n")?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
