//! A started example program; it ends with the test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

pub struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What stood after `ready`.
    pub url: String,
}

impl Program {
    /// Starts the program and waits until it says that it serves.
    pub fn start(path: &str, flags: &[&str]) -> Self {
        let mut command = Command::new(path);
        let mut child = command
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut program = Self { child, stdout, url: String::new() };
        program.url = program.line("ready ");
        program
    }

    /// The rest of the next line, which must begin so.
    pub fn line(&mut self, beginning: &str) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line is text");
        let rest = line.trim_end().strip_prefix(beginning);
        rest.unwrap_or_else(|| panic!("`{beginning}` was expected, not `{line}`")).to_owned()
    }

    /// All that it still says; for a program that ends by itself.
    pub fn rest(&mut self) -> String {
        let mut text = String::new();
        self.stdout.read_to_string(&mut text).expect("output is text");
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
