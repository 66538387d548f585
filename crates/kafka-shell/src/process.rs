//! A running tool: sequential code that waits for the simulated cluster.
//!
//! A tool is an `async fn` over a [`Ctx`]. It never blocks: whatever it waits for
//! (an answer, a typed line, a moment) suspends it, and [`Process::pump`] goes on
//! with it when the world has moved. Not here: threads, wakers or wall clocks;
//! the only executor is `pump`. Invariant: everything a tool does to the world
//! goes through [`Host`], in the order of its code.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use kafka_core::client::{ClientCommand, ClientEvent};
use kafka_core::types::{NodeId, Time};

use crate::data_dir::{DataFile, Entry};
use crate::files::Files;
use crate::hints::{Hint, Lang};
use crate::host::{Host, NewClient, Server, ServerAction};

/// Where a tool writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
    /// A hint of the simulator; never mixed into the other two.
    Hint,
}

/// Something a tool has written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chunk {
    /// Where.
    pub channel: Channel,
    /// What; may hold several lines or a part of one.
    pub text: String,
}

/// How a tool is told to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Signal {
    /// Exit status of a tool that ends on this signal.
    pub fn exit(self) -> i32 {
        match self {
            Signal::Interrupt => 130,
            Signal::Terminate => 143,
        }
    }
}

/// Why a waiting tool goes on.
#[derive(Clone, PartialEq, Debug)]
pub enum Wake {
    /// One of its clients reports something.
    Event(NodeId, ClientEvent),
    /// A line of standard input.
    Line(String),
    /// End of standard input.
    EndOfInput,
    /// A signal.
    Signal(Signal),
    /// The time waited for has come.
    Time,
}

enum Call {
    Add(NewClient),
    Remove(NodeId),
    Command(NodeId, ClientCommand),
    Server(NodeId, ServerAction),
    List(String),
    Read(String),
}

enum Answer {
    Added(Result<NodeId, String>),
    Done(Result<(), String>),
    Listed(Option<Vec<Entry>>),
    Read(Option<DataFile>),
}

#[derive(Default)]
struct Inner {
    now: Time,
    wall_epoch_ms: i64,
    servers: Vec<Server>,
    output: Vec<Chunk>,
    calls: VecDeque<Call>,
    answers: VecDeque<Answer>,
    clients: Vec<NodeId>,
    events: VecDeque<(NodeId, ClientEvent)>,
    input: VecDeque<String>,
    input_ended: bool,
    end_of_input_seen: bool,
    signal: Option<Signal>,
    wants_input: bool,
    deadline: Option<Time>,
    setting: Setting,
}

/// What a tool finds around it.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// A person types its input.
    pub interactive: bool,
    /// Language of the simulator's own texts.
    pub lang: Lang,
    /// The files it can read.
    pub files: Files,
}

/// A tool's view of the outside.
#[derive(Clone)]
pub struct Ctx(Rc<RefCell<Inner>>);

impl Ctx {
    /// Writes to standard output.
    pub fn out(&self, text: impl Into<String>) {
        self.write(Channel::Out, text.into());
    }

    /// Writes to standard error.
    pub fn err(&self, text: impl Into<String>) {
        self.write(Channel::Err, text.into());
    }

    /// Gives a hint of the simulator.
    pub fn hint(&self, hint: &Hint) {
        let lang = self.0.borrow().setting.lang;
        self.write(Channel::Hint, hint.text(lang));
    }

    fn write(&self, channel: Channel, text: String) {
        if !text.is_empty() {
            self.0.borrow_mut().output.push(Chunk { channel, text });
        }
    }

    /// Virtual time.
    pub fn now(&self) -> Time {
        self.0.borrow().now
    }

    /// Wall clock of the world in milliseconds since 1970.
    pub fn wall_ms(&self) -> i64 {
        let inner = self.0.borrow();
        inner.wall_epoch_ms + inner.now.as_ms() as i64
    }

    /// What the wall clock showed at virtual time zero: records carry times since then.
    pub fn wall_epoch_ms(&self) -> i64 {
        self.0.borrow().wall_epoch_ms
    }

    /// The server processes.
    pub fn servers(&self) -> Vec<Server> {
        self.0.borrow().servers.clone()
    }

    /// Whether a person types (a prompt is wanted).
    pub fn is_interactive(&self) -> bool {
        self.0.borrow().setting.interactive
    }

    /// The files it can read.
    pub fn files(&self) -> Files {
        self.0.borrow().setting.files.clone()
    }

    /// Starts a client process; it ends with the tool.
    ///
    /// # Errors
    /// The world's refusal, as text.
    pub async fn add_client(&self, client: NewClient) -> Result<NodeId, String> {
        match self.call(Call::Add(client)).await {
            Answer::Added(result) => result,
            _ => Err("the host answered another call".to_string()),
        }
    }

    /// Gives a client a command.
    pub async fn command(&self, client: NodeId, command: ClientCommand) {
        self.call(Call::Command(client, command)).await;
    }

    /// Ends a client without ceremony.
    pub async fn remove_client(&self, client: NodeId) {
        self.call(Call::Remove(client)).await;
    }

    /// Signals or starts a server.
    ///
    /// # Errors
    /// The world's refusal, as text.
    pub async fn act_on_server(&self, node: NodeId, action: ServerAction) -> Result<(), String> {
        match self.call(Call::Server(node, action)).await {
            Answer::Done(result) => result,
            _ => Err("the host answered another call".to_string()),
        }
    }

    /// The entries of a folder of a broker's data; `None` if there is none.
    pub async fn list_folder(&self, path: &str) -> Option<Vec<Entry>> {
        match self.call(Call::List(path.to_string())).await {
            Answer::Listed(entries) => entries,
            _ => None,
        }
    }

    /// What a file of a broker's data holds; `None` if there is none.
    pub async fn data_file(&self, path: &str) -> Option<DataFile> {
        match self.call(Call::Read(path.to_string())).await {
            Answer::Read(file) => file,
            _ => None,
        }
    }

    async fn call(&self, call: Call) -> Answer {
        self.0.borrow_mut().calls.push_back(call);
        std::future::poll_fn(|_| match self.0.borrow_mut().answers.pop_front() {
            Some(answer) => Poll::Ready(answer),
            None => Poll::Pending,
        })
        .await
    }

    /// Waits for the next thing that happens to this tool: an event of one of its
    /// clients, a signal, the deadline, or (if `input`) a line of standard input.
    pub async fn wait(&self, input: bool, deadline: Option<Time>) -> Wake {
        {
            let mut inner = self.0.borrow_mut();
            inner.wants_input = input;
            inner.deadline = deadline;
        }
        let wake = std::future::poll_fn(|_| {
            let mut inner = self.0.borrow_mut();
            match inner.next_wake(input) {
                Some(wake) => Poll::Ready(wake),
                None => Poll::Pending,
            }
        })
        .await;
        let mut inner = self.0.borrow_mut();
        inner.wants_input = false;
        inner.deadline = None;
        drop(inner);
        wake
    }
}

impl Inner {
    fn next_wake(&mut self, input: bool) -> Option<Wake> {
        if let Some((client, event)) = self.events.pop_front() {
            return Some(Wake::Event(client, event));
        }
        if let Some(signal) = self.signal.take() {
            return Some(Wake::Signal(signal));
        }
        if input {
            if let Some(line) = self.input.pop_front() {
                return Some(Wake::Line(line));
            }
            if self.input_ended && !self.end_of_input_seen {
                self.end_of_input_seen = true;
                return Some(Wake::EndOfInput);
            }
        }
        match self.deadline {
            Some(deadline) if self.now >= deadline => Some(Wake::Time),
            _ => None,
        }
    }
}

/// State of a process after [`Process::pump`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It waits: for the world to move, and perhaps for a typed line.
    Waiting {
        /// A typed line would let it go on.
        wants_input: bool,
        /// It goes on at this time at the latest.
        deadline: Option<Time>,
    },
    /// It has ended with this exit status.
    Done(i32),
}

/// A running tool.
pub struct Process {
    inner: Rc<RefCell<Inner>>,
    future: Pin<Box<dyn Future<Output = i32>>>,
    cursor: u64,
    done: Option<i32>,
}

impl Process {
    /// Starts a tool.
    pub fn start<F>(host: &dyn Host, setting: Setting, tool: impl FnOnce(Ctx) -> F) -> Process
    where
        F: Future<Output = i32> + 'static,
    {
        let inner = Rc::new(RefCell::new(Inner {
            setting,
            ..Inner::default()
        }));
        let (_, cursor) = host.events_since(u64::MAX);
        Process {
            future: Box::pin(tool(Ctx(inner.clone()))),
            inner,
            cursor,
            done: None,
        }
    }

    /// Gives it a line of standard input.
    pub fn feed(&mut self, line: String) {
        self.inner.borrow_mut().input.push_back(line);
    }

    /// Ends its standard input.
    pub fn end_input(&mut self) {
        self.inner.borrow_mut().input_ended = true;
    }

    /// Sends it a signal.
    pub fn signal(&mut self, signal: Signal) {
        self.inner.borrow_mut().signal = Some(signal);
    }

    /// What it has written since the last call.
    pub fn take_output(&mut self) -> Vec<Chunk> {
        std::mem::take(&mut self.inner.borrow_mut().output)
    }

    /// Clients it has started and not yet ended.
    pub fn clients(&self) -> Vec<NodeId> {
        self.inner.borrow().clients.clone()
    }

    /// Lets it run until it waits for the world or ends. Its clients end with it.
    pub fn pump(&mut self, host: &mut dyn Host) -> Status {
        if let Some(exit) = self.done {
            return Status::Done(exit);
        }
        loop {
            self.refresh(host);
            let mut context = Context::from_waker(Waker::noop());
            let poll = self.future.as_mut().poll(&mut context);
            let called = self.serve(host);
            if let Poll::Ready(exit) = poll {
                self.end(host);
                self.done = Some(exit);
                return Status::Done(exit);
            }
            if !called {
                let inner = self.inner.borrow();
                return Status::Waiting {
                    wants_input: inner.wants_input,
                    deadline: inner.deadline,
                };
            }
        }
    }

    /// Ends it at once, as SIGKILL would.
    pub fn kill(&mut self, host: &mut dyn Host) {
        if self.done.is_none() {
            self.end(host);
            self.done = Some(137);
        }
    }

    fn refresh(&mut self, host: &dyn Host) {
        let (events, cursor) = host.events_since(self.cursor);
        self.cursor = cursor;
        let mut inner = self.inner.borrow_mut();
        inner.now = host.now();
        inner.wall_epoch_ms = host.wall_epoch_ms();
        inner.servers = host.servers();
        for (client, event) in events {
            if inner.clients.contains(&client) {
                inner.events.push_back((client, event));
            }
        }
    }

    fn serve(&mut self, host: &mut dyn Host) -> bool {
        let mut called = false;
        loop {
            let Some(call) = self.inner.borrow_mut().calls.pop_front() else {
                return called;
            };
            called = true;
            let answer = match call {
                Call::Add(client) => {
                    let added = host.add_client(client);
                    if let Ok(node) = added {
                        self.inner.borrow_mut().clients.push(node);
                    }
                    Answer::Added(added)
                }
                Call::Remove(client) => {
                    host.remove_client(client);
                    let mut inner = self.inner.borrow_mut();
                    inner.clients.retain(|known| *known != client);
                    Answer::Done(Ok(()))
                }
                Call::Command(client, command) => {
                    host.command(client, command);
                    Answer::Done(Ok(()))
                }
                Call::List(path) => Answer::Listed(host.list_folder(&path)),
                Call::Read(path) => Answer::Read(host.data_file(&path)),
                Call::Server(node, action) => Answer::Done(host.act_on_server(node, action)),
            };
            self.inner.borrow_mut().answers.push_back(answer);
        }
    }

    fn end(&mut self, host: &mut dyn Host) {
        let clients = std::mem::take(&mut self.inner.borrow_mut().clients);
        for client in clients {
            host.remove_client(client);
        }
    }
}
