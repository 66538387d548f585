//! What `kafka-metadata-quorum.sh` prints about itself, as recorded.

/// How it is called.
pub(super) const USAGE: &str = "\
usage: kafka-metadata-quorum [-h] [--command-config COMMAND_CONFIG]
                             (--bootstrap-server BOOTSTRAP_SERVER |
                             --bootstrap-controller BOOTSTRAP_CONTROLLER)
                             {describe,add-controller,remove-controller}
                             ...
";

const HELP: &str = "
This tool describes kraft metadata quorum status.

positional arguments:
  {describe,add-controller,remove-controller}
    describe             Describe the metadata quorum info
    add-controller       Add a controller to the KRaft controller cluster
    remove-controller    Remove a  controller  from  the  KRaft  controller
                         cluster

optional arguments:
  -h, --help             show this help message and exit
  --bootstrap-server BOOTSTRAP_SERVER
                         A comma-separated list of  host:port  pairs to use
                         for  establishing  the  connection  to  the  Kafka
                         cluster.
  --bootstrap-controller BOOTSTRAP_CONTROLLER
                         A comma-separated list of  host:port  pairs to use
                         for  establishing  the  connection  to  the  Kafka
                         controllers.
  --command-config COMMAND_CONFIG
                         Property file containing configs  to  be passed to
                         Admin Client.  For  add-controller,  the  file  is
                         used to specify the controller properties as well.
";

const SERVERS: &str = "\
usage: kafka-metadata-quorum (--bootstrap-server BOOTSTRAP_SERVER |
                             --bootstrap-controller BOOTSTRAP_CONTROLLER)
";

const DRY_RUN: &str = "  --dry-run              True if we should  print  what  would be done, but
                         not do it.
";

/// How one command is called.
pub(super) fn of_command(command: &str) -> String {
    let rest = match command {
        "describe" => "describe [-h] [--status] [--replication]|[--human-readable]",
        "add-controller" => "add-controller [-h] [--dry-run]",
        _ => {
            "remove-controller [-h]|--controller-id CONTROLLER_ID|\
             --controller-directory-id CONTROLLER_DIRECTORY_ID|[--dry-run]"
        }
    };
    let lines = rest.split('|').map(|line| format!("{:29}{line}\n", ""));
    let lines: String = lines.collect();
    format!("{SERVERS}{lines}")
}

/// The answer to `-h`: of the tool, or of one command.
pub(super) fn help(command: Option<&str>) -> String {
    let Some(command) = command else {
        return format!("{USAGE}{HELP}");
    };
    let options = match command {
        "describe" => "
Status:
  --status               A short  summary  of  the  quorum  status  and the
                         other  provides  detailed  information  about  the
                         status of replication.

Replication:
  --replication          Detailed   information   about   the   status   of
                         replication
  --human-readable       Human-readable output
"
        .to_string(),
        "add-controller" => DRY_RUN.to_string(),
        _ => format!(
            "  --controller-id CONTROLLER_ID, -i CONTROLLER_ID
                         The id of the controller to remove.
  --controller-directory-id CONTROLLER_DIRECTORY_ID, -d CONTROLLER_DIRECTORY_ID
                         The directory ID of the controller to remove.
{DRY_RUN}"
        ),
    };
    let usage = of_command(command);
    format!(
        "{usage}\noptional arguments:\n  -h, --help             show this help message and exit\n{options}"
    )
}
