//! The sentences of the controller quorum: elections, and voters that come and go (RAFT-15).

/// What became of the quorum, as a controller tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuorumFact {
    /// Asked for votes: controller, epoch.
    Candidate(String, i32),
    /// Leads: controller, epoch.
    Leader(String, i32),
    /// Gave up leading: controller, epoch.
    Resigned(String, i32),
    /// The leader's log names these voters.
    Voters(String),
    /// A controller votes from now on, or does no more.
    Voting(String, bool),
}

impl QuorumFact {
    /// The sentence in English.
    pub fn english(&self) -> String {
        match self {
            QuorumFact::Candidate(who, epoch) => {
                format!("{who} asks for votes in quorum epoch {epoch}.")
            }
            QuorumFact::Leader(who, epoch) => {
                format!("{who} is the active controller, quorum epoch {epoch}.")
            }
            QuorumFact::Resigned(who, epoch) => {
                format!("{who} gave up leading the quorum in epoch {epoch}.")
            }
            QuorumFact::Voters(voters) => format!(
                "The quorum leader's log names the voters {voters}: from now on a majority of these commits."
            ),
            QuorumFact::Voting(who, true) => {
                format!("{who} is a voter of the quorum from now on.")
            }
            QuorumFact::Voting(who, false) => {
                format!("{who} is no voter any more: it follows the log as an observer.")
            }
        }
    }

    /// The sentence in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            QuorumFact::Candidate(who, epoch) => format!("{who} 在仲裁纪元 {epoch} 请求投票。"),
            QuorumFact::Leader(who, epoch) => {
                format!("{who} 成为活动 controller，仲裁纪元 {epoch}。")
            }
            QuorumFact::Resigned(who, epoch) => {
                format!("{who} 在纪元 {epoch} 放弃仲裁 leader。")
            }
            QuorumFact::Voters(voters) => {
                format!("仲裁 leader 的日志写明投票者为 {voters}：从现在起由其中多数提交。")
            }
            QuorumFact::Voting(who, true) => format!("{who} 从现在起是仲裁的投票者。"),
            QuorumFact::Voting(who, false) => {
                format!("{who} 不再是投票者：它以观察者身份跟随日志。")
            }
        }
    }
}
