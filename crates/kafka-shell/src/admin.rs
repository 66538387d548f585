//! The admin client as tools use it.

use std::cell::Cell;

use kafka_core::client::{AdminTarget, ClientCommand, ClientEvent};
use kafka_core::config::{ClientConfig, Endpoint};
use kafka_core::protocol::{Request, Response};
use kafka_core::types::NodeId;

use crate::host::{NewClient, Server};
use crate::java::{Exception, client_log};
use crate::process::{Ctx, Wake};

/// Where nothing listens. No process has this number.
const NOBODY: NodeId = NodeId(9_999);

/// Reads `host:port,host:port` against the servers that exist.
///
/// # Errors
/// Kafka's ConfigException for an address that is not one.
pub fn bootstrap(servers: &[Server], list: &str) -> Result<Vec<Endpoint>, Exception> {
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
        let known = servers.iter().find(|server| server.endpoint.port == port);
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

/// A connected admin client.
pub struct Admin {
    ctx: Ctx,
    node: NodeId,
    client_id: String,
    calls: Cell<u64>,
}

impl Admin {
    /// Starts the client.
    ///
    /// # Errors
    /// Kafka's exception for a bad bootstrap list.
    pub async fn connect(ctx: &Ctx, servers: &str) -> Result<Admin, Exception> {
        let created = |cause: Exception| Exception {
            class: "org.apache.kafka.common.KafkaException".to_string(),
            message: "Failed to create new KafkaAdminClient".to_string(),
            causes: vec![cause.text()],
        };
        let endpoints = bootstrap(&ctx.servers(), servers).map_err(created)?;
        let client_id = "adminclient-1".to_string();
        let config = ClientConfig {
            client_id: client_id.as_str().into(),
            bootstrap: endpoints,
            ..ClientConfig::default()
        };
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
                Wake::Event(_, ClientEvent::Log(log)) => {
                    let prefix = format!("AdminClient clientId={}", self.client_id);
                    self.ctx.err(client_log(self.ctx.wall_ms(), &prefix, &log));
                }
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
