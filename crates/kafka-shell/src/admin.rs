//! The admin client as tools use it.

use std::cell::Cell;

use kafka_core::client::{AdminTarget, ClientCommand, ClientEvent, ClientLog};
use kafka_core::config::{ClientConfig, Endpoint};
use kafka_core::protocol::{Request, Response};
use kafka_core::types::{Duration, NodeId};

use crate::host::{NewClient, Server};
use crate::java::{Exception, NOT_INT, client_log, log_line};
use crate::process::{Ctx, Wake};

/// Where nothing listens. No process has this number.
const NOBODY: NodeId = NodeId(9_999);

/// Virtual time between the end of a tool's work and the end of its network thread.
const LAST_TURN: Duration = Duration::from_ms(5);

/// Reads `host:port,host:port` against the servers that exist. A host of no server is
/// warned about, as Kafka does when its name cannot be resolved, and left out.
///
/// # Errors
/// Kafka's ConfigException for an address that is not one.
pub fn bootstrap(ctx: &Ctx, list: &str) -> Result<Vec<Endpoint>, Exception> {
    resolve(ctx, list, |server| server.is_broker)
}

/// As [`bootstrap`], against some of the servers.
fn resolve(
    ctx: &Ctx,
    list: &str,
    is_meant: fn(&Server) -> bool,
) -> Result<Vec<Endpoint>, Exception> {
    let servers = ctx.servers();
    let mut endpoints = Vec::new();
    for address in list.split(',').map(str::trim).filter(|a| !a.is_empty()) {
        let bad = || {
            Exception::new(
                "org.apache.kafka.common.config.ConfigException",
                format!("Invalid url in bootstrap.servers: {address}"),
            )
        };
        let (host, port) = address.rsplit_once(':').ok_or_else(bad)?;
        let port: u16 = port.parse().map_err(|_| bad())?;
        if !is_known(&servers, host) {
            let text = format!(
                "Couldn't resolve server {address} from bootstrap.servers as DNS resolution failed for {host}"
            );
            ctx.err(log_line(ctx.wall_ms(), "WARN", &text, CLIENT_UTILS));
            continue;
        }
        let mut known = servers.iter().filter(|server| is_meant(server));
        let known = known.find(|server| server.endpoint.port == port);
        endpoints.push(Endpoint {
            node: known.map_or(NOBODY, |server| server.node),
            host: host.into(),
            port,
        });
    }
    if endpoints.is_empty() {
        return Err(Exception::new(
            "org.apache.kafka.common.config.ConfigException",
            "No resolvable bootstrap urls given in bootstrap.servers",
        ));
    }
    Ok(endpoints)
}

/// The bootstrap servers of a producer or consumer, which is not made without them.
///
/// # Errors
/// Kafka's KafkaException that the client, as it calls it, could not be made, with its cause.
pub fn client_bootstrap(ctx: &Ctx, list: &str, client: &str) -> Result<Vec<Endpoint>, Exception> {
    bootstrap(ctx, list).map_err(|cause| Exception {
        class: "org.apache.kafka.common.KafkaException".to_string(),
        message: format!("Failed to construct {client}"),
        causes: vec![cause.text()],
    })
}

/// Names of this machine, and the servers' own.
fn is_known(servers: &[Server], host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let here = ["localhost", "127.0.0.1", "::1", "0.0.0.0"];
    here.contains(&host) || servers.iter().any(|server| *server.endpoint.host == *host)
}

const CLIENT_UTILS: &str = "org.apache.kafka.clients.ClientUtils";

/// Sets one property of an admin client. Those that change nothing here are accepted.
fn set(config: &mut ClientConfig, name: &str, value: &str) -> Result<(), Exception> {
    let target = match name {
        "client.id" => {
            config.client_id = value.into();
            return Ok(());
        }
        "request.timeout.ms" => &mut config.request_timeout_ms,
        "default.api.timeout.ms" => &mut config.default_api_timeout_ms,
        "retry.backoff.ms" => &mut config.retry_backoff_ms,
        "retry.backoff.max.ms" => &mut config.retry_backoff_max_ms,
        "reconnect.backoff.ms" => &mut config.reconnect_backoff_ms,
        "reconnect.backoff.max.ms" => &mut config.reconnect_backoff_max_ms,
        "metadata.max.age.ms" => &mut config.metadata_max_age_ms,
        _ => return Ok(()),
    };
    let number = value.trim().parse();
    *target = number.map_err(|_| Exception::bad_config(name, value, NOT_INT))?;
    Ok(())
}

/// A connected admin client.
pub struct Admin {
    ctx: Ctx,
    node: NodeId,
    client_id: String,
    calls: Cell<u64>,
}

impl Admin {
    /// Starts the client, with the properties of a file if one is named.
    ///
    /// # Errors
    /// Java's exception for a file that is not there, Kafka's for a bad property or
    /// bootstrap list.
    pub async fn connect(ctx: &Ctx, servers: &str, file: Option<&str>) -> Result<Admin, Exception> {
        Admin::start(ctx, servers, file, true).await
    }

    /// As [`Admin::connect`], for a client of the controllers (`bootstrap.controllers`).
    ///
    /// # Errors
    /// As [`Admin::connect`].
    pub async fn connect_to_controllers(
        ctx: &Ctx,
        controllers: &str,
        file: Option<&str>,
    ) -> Result<Admin, Exception> {
        Admin::start(ctx, controllers, file, false).await
    }

    async fn start(
        ctx: &Ctx,
        servers: &str,
        file: Option<&str>,
        brokers: bool,
    ) -> Result<Admin, Exception> {
        let properties = file.map(|path| ctx.files().properties(path)).transpose()?;
        let created = |cause: Exception| Exception {
            class: "org.apache.kafka.common.KafkaException".to_string(),
            message: "Failed to create new KafkaAdminClient".to_string(),
            causes: vec![cause.text()],
        };
        let mut config = ClientConfig {
            client_id: "adminclient-1".into(),
            ..ClientConfig::default()
        };
        for (name, value) in properties.unwrap_or_default() {
            set(&mut config, &name, &value).map_err(created)?;
        }
        config.bootstrap = resolve(ctx, servers, |_| true).map_err(created)?;
        config.to_controllers = !brokers;
        let client_id = config.client_id.to_string();
        let node = ctx
            .add_client(NewClient::Admin(config))
            .await
            .map_err(|text| {
                created(Exception::new(
                    "org.apache.kafka.common.KafkaException",
                    text,
                ))
            })?;
        Ok(Admin {
            ctx: ctx.clone(),
            node,
            client_id,
            calls: Cell::new(0),
        })
    }

    /// Closes the client. Its network thread gets one more turn, so a connection that is
    /// refused at once is still logged.
    pub async fn close(&self) {
        // A signal ends the tool, which is about to end.
        let _ = self.pause(LAST_TURN).await;
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// A signal, which ends the tool.
    pub async fn pause(&self, span: Duration) -> Result<(), Exception> {
        let until = self.ctx.now() + span;
        loop {
            match self.ctx.wait(false, Some(until)).await {
                Wake::Event(_, ClientEvent::Log(log)) => self.log(&log),
                Wake::Time => return Ok(()),
                Wake::Signal(signal) => return Err(interrupted(signal.exit())),
                _ => {}
            }
        }
    }

    fn log(&self, log: &ClientLog) {
        let prefix = format!("AdminClient clientId={}", self.client_id);
        self.ctx.err(client_log(self.ctx.wall_ms(), &prefix, log));
    }

    /// A line of the client's log about an answer it did not expect; `class` is in
    /// `org.apache.kafka.clients.admin`.
    pub fn log_error(&self, text: &str, class: &str) {
        let text = format!("[AdminClient clientId={}] {text}", self.client_id);
        let logger = format!("org.apache.kafka.clients.admin.{class}");
        self.ctx
            .err(log_line(self.ctx.wall_ms(), "ERROR", &text, &logger));
    }

    /// Sends a request where it belongs and waits for the answer.
    ///
    /// # Errors
    /// The exception the call ends with (time-outs, signals).
    pub async fn call(&self, target: AdminTarget, request: Request) -> Result<Response, Exception> {
        let answers = self.call_many(target, request).await?;
        answers
            .into_iter()
            .next()
            .map(|(_, response)| response)
            .ok_or_else(|| Exception::of_code(kafka_core::error::ErrorCode::RequestTimedOut))
    }

    /// As [`Admin::call`], for a tool that calls Java's `get` of the call's future.
    ///
    /// # Errors
    /// An ExecutionException around the exception the call ends with; a signal as it is.
    pub async fn get(&self, target: AdminTarget, request: Request) -> Result<Response, Exception> {
        let answer = self.call(target, request).await;
        answer.map_err(|cause| match interruption(&cause) {
            Some(_) => cause,
            None => cause.executed(),
        })
    }

    /// As [`Admin::call`], for [`AdminTarget::AllBrokers`]: one answer a broker.
    ///
    /// # Errors
    /// The exception the call ends with.
    pub async fn call_many(
        &self,
        target: AdminTarget,
        request: Request,
    ) -> Result<Vec<(NodeId, Response)>, Exception> {
        let number = self.calls.get() + 1;
        self.calls.set(number);
        let command = ClientCommand::Call(number, target, Box::new(request));
        self.ctx.command(self.node, command).await;
        let mut answers = Vec::new();
        loop {
            match self.ctx.wait(false, None).await {
                Wake::Event(
                    _,
                    ClientEvent::Answer {
                        call,
                        from,
                        response,
                        last,
                    },
                ) if call == number => {
                    answers.push((from, *response));
                    if last {
                        return Ok(answers);
                    }
                }
                Wake::Event(_, ClientEvent::CallFailed { call, failure }) if call == number => {
                    return Err(Exception::of_failure(&failure));
                }
                Wake::Event(_, ClientEvent::Log(log)) => self.log(&log),
                Wake::Signal(signal) => return Err(interrupted(signal.exit())),
                _ => {}
            }
        }
    }
}

const INTERRUPTED: &str = "simulator.Interrupted";

/// Ends a tool quietly with that exit status.
fn interrupted(exit: i32) -> Exception {
    Exception::new(INTERRUPTED, exit.to_string())
}

/// Exit status if the exception stands for a signal.
pub fn interruption(exception: &Exception) -> Option<i32> {
    (exception.class == INTERRUPTED).then(|| exception.message.parse().unwrap_or(130))
}
