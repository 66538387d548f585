//! The table of fixed words: one row, both languages.

use super::Lang;

macro_rules! table {
    ($($key:ident: $en:literal, $zh:literal;)*) => {
        /// A fixed piece of the interface's words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Text {
            $(#[doc = $en] $key,)*
        }

        impl Text {
            /// Every text.
            pub const ALL: [Text; [$(Text::$key),*].len()] = [$(Text::$key),*];

            /// The words in that language.
            pub fn words(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Text::$key, Lang::En) => $en, (Text::$key, Lang::Zh) => $zh,)*
                }
            }
        }
    };
}

table! {
    // Regions
    Stage: "Cluster picture", "集群图";
    TimeControls: "Time", "时间";
    Inspector: "Inspector", "详情";
    Story: "Story", "经过";
    Terminal: "Terminal", "终端";
    TextView: "Text view", "文字视图";
    Lenses: "Lens", "视角";
    ClusterLens: "Cluster", "集群";
    MatrixLens: "Who got what", "谁收到了什么";
    MatrixRecord: "Record", "消息";
    MatrixKey: "Key", "键";
    MatrixPlace: "Partition", "分区";
    MatrixStored: "Stored", "已存储";
    MatrixOnce: "once", "只存一份";
    MatrixRead: "Read", "读取";
    MatrixInAll: "in all", "合计";
    MatrixAlone: "no group", "无消费组";
    MatrixEmpty: "No record has been sent yet. Press P to produce one.", "还没有发送过消息。按 P 发送一条。";
    MatrixNobody: "No consumer yet: the records stay in the log and wait.", "还没有消费者：消息留在日志中等待。";
    MatrixStays: "stays after reading: every group keeps only its own bookmark", "读取后依然保留：每个消费组只记住自己的书签";
    MatrixLedger: "ledger, not part of Kafka", "账本（ledger），不属于 Kafka";
    MarkCommitted: "received, committed", "已收到，已提交";
    MarkReceived: "received, not committed", "已收到，未提交";
    MarkTwice: "twice or more", "重复";
    MarkSkipped: "passed over", "被跳过";
    MarkReleased: "given back or lapsed", "放回或超时";
    MarkRejected: "rejected", "已拒绝";
    TwinTitle: "Classic twins", "经典对照";
    TwinNotKafka: "models, not Kafka", "模型，不是 Kafka";
    TwinQueue: "Queue", "队列";
    TwinQueueNote: "A point-to-point queue: it removes a message once it is acknowledged.", "点对点队列：消息确认后即删除。";
    TwinPush: "Push topic", "推送主题";
    TwinPushNote: "A topic that pushes to whoever is connected, and keeps nothing.", "推送给当时连着的人，什么也不留。";
    TwinLate: "a late reader gets nothing", "迟到者什么也得不到";
    PresenterTitle: "Presenter view", "演示视图";
    PresenterStart: "Press PgDn for the first step.", "按 PgDn 开始第一步。";
    PresenterBlank: "The picture is covered. Press B to show it.", "画面已遮住。按 B 显示。";
    PresenterOverview: "All steps", "全部步骤";
    PresenterBack: "back", "返回";
    PresenterNext: "next", "继续";
    PresenterVotes: "vote", "投票";
    PresenterHint: "hint", "提示";
    PresenterAgain: "again", "重放";
    PresenterNotes: "notes", "备注";
    PresenterLeave: "leave", "离开";
    PresenterSearching: "running …", "运行中……";
    VoteAsk: "What do you expect?", "你预测会怎样？";
    VoteMore: "One more hand", "多一人举手";
    VoteFewer: "one hand fewer", "少一人举手";
    VoteHands: "hands", "举手人数";
    VoteHelp: "Ask for hands. Press an option or its letter once for each hand, or type the number.", "请大家举手。每有一人举手就点一次该选项或按它的字母，也可直接输入人数。";
    NotesTitle: "Speaker notes", "讲者备注";
    NotesNow: "Now", "现在";
    NotesNext: "Next", "接下来";
    NotesSay: "Say", "可以这样说";
    NotesPoint: "Point at", "指向";
    NotesAsked: "If they ask", "如果有人问";
    NotesAnswers: "Answers, computed from this cluster", "答案（由这个集群推算）";
    NotesUnknown: "Not computed yet: the next step runs on until something important happens.", "尚未计算：下一步会一直运行，直到发生重要事件。";
    NotesKeys: "PgDn, →, Space, N next · PgUp, ←, P back · B blank · O all steps · V vote; in a vote A to D count a hand, with Shift one less · H hint · W see it again · D dim · F full screen · S notes · Esc leave", "PgDn、→、空格、N 继续 · PgUp、←、P 返回 · B 遮屏 · O 全部步骤 · V 投票；投票时 A 到 D 各加一人，按住 Shift 减一人 · H 提示 · W 重放 · D 聚光 · F 全屏 · S 备注 · Esc 离开";
    NotesRefused: "The browser blocked the notes window. Allow pop-ups for this page, then press S again.", "浏览器拦截了备注窗口。请允许本页弹出窗口，然后再按 S。";
    Glossary: "Glossary", "术语表";
    GlossarySearch: "Search, in English or Chinese", "搜索（中文或英文）";
    GlossaryLoading: "Fetching the glossary …", "正在获取术语表……";
    GlossaryNone: "No term matches. Try one word, in either language.", "没有匹配的术语。请换一个词，中英文均可。";
    GlossaryAll: "All terms", "全部术语";
    TryAgain: "Try again", "重试";
    Worksheet: "Worksheet", "练习纸";
    WorksheetLesson: "Lesson", "课程";
    WorksheetPaper: "Paper", "纸张";
    WorksheetPrint: "Print", "打印";
    WorksheetBack: "Back", "返回";
    WorksheetComputing: "Running the lesson to compute its answers: step", "正在运行课程以计算答案：步骤";
    WorksheetName: "Name", "姓名";
    WorksheetDate: "Date", "日期";
    WorksheetAnswers: "Answers", "答案";
    WorksheetComputed: "Computed by running the lesson; another start state or seed may give others.", "由运行课程计算得出；换一个开始状态或种子，答案可能不同。";
    Lessons: "Lessons", "课程";
    Gallery: "Failure gallery", "故障案例集";
    GalleryNote: "How a Kafka cluster goes wrong, story by story: lost acknowledgements, unclean elections, quorum loss.", "Kafka 集群如何出错，一例一例看：确认丢失、不干净的选举、失去仲裁多数。";
    GalleryIntro: "Each story is a run. It opens at its end with a card that says what to look at; Home goes to its beginning, Shift and the arrow keys to what matters.", "每个案例都是一次运行。打开时位于结尾，并有卡片说明看什么；Home 回到开头，Shift 加方向键跳到关键处。";
    GalleryLoading: "Loading …", "载入中……";
    GalleryLook: "What to look at", "看什么";
    Lesson: "Lesson", "课程";
    LessonSteps: "Steps of the lesson", "课程步骤";
    LessonLoading: "Loading …", "正在载入……";
    LessonDone: "finished", "已完成";
    LessonBegin: "Begin", "开始";
    LessonProbing: "Working out the answer from this cluster", "正在根据这个集群推算答案";
    LessonDoing: "Doing the step", "正在执行这一步";
    LessonBuilding: "Building the cluster", "正在搭建集群";
    LessonAnswer: "Answer", "提交答案";
    LessonChoose: "Choose an option first, or skip the question.", "请先选一个选项，或者跳过这一题。";
    LessonSkip: "Skip", "跳过";
    LessonSure: "Sure", "确定";
    LessonGuess: "Guess", "猜的";
    LessonConfidence: "How sure are you?", "你有多确定？";
    LessonComputed: "The answer is computed from this cluster.", "答案由这个集群推算得出。";
    LessonHint: "Hint", "提示";
    LessonDo: "Do it", "执行";
    LessonDoItYourself: "Do it yourself, or let it be done.", "可以自己动手，也可以让它自动执行。";
    LessonCommands: "What will be done", "将要执行";
    LessonNext: "Next step", "下一步";
    LessonFinish: "Finish", "完成";
    LessonReset: "Start this step again", "重做这一步";
    LessonWatch: "See it again slowly", "慢速重放";
    LessonFree: "Free play", "自由探索";
    LessonBack: "Back to the lesson", "回到课程";
    LessonTry: "Things to try", "可以试试";
    LessonFreeNote: "Everything is unlocked. Whatever you do here, the lesson goes on where you left it.", "所有操作都已解锁。无论你在这里做什么，课程都会从离开的地方继续。";
    LessonAlone: "Now do it alone", "现在自己来";
    LessonAloneNote: "From the start, without a script. The ticks follow what you do.", "从头开始，没有脚本。勾会随着你的操作变化。";
    LessonSolved: "You reached it without a script.", "你不用脚本就做到了。";
    LessonShown: "This is one way. Start again to find your own.", "这是一种做法。重新开始，找到你自己的做法。";
    LessonSolve: "Show one way", "看一种做法";
    LessonStopped: "This step was stopped in the middle.", "这一步中途停下了。";
    LessonNotice: "Notice", "留意";
    LessonGoals: "Goals", "目标";
    LessonYourAnswer: "your answer", "你的答案";
    LessonRight: "answer", "正确答案";
    LessonRead: "You may have read", "你可能读到过";
    LessonTrue: "What is true", "事实是";
    LessonBelief: "The idea behind it:", "背后的想法：";
    LessonExport: "Save my result", "保存我的结果";
    LessonLink: "Copy link to this step", "复制本步链接";
    LessonLeave: "Leave the lesson", "离开课程";
    LessonBoth: "Both languages", "双语";
    LessonHolds: "reached", "已达成";
    LessonHoldsNot: "not yet", "尚未达成";
    LessonPins: "Answers in the picture", "图中的答案";
    InspectorClose: "Close the inspector", "关闭检查器";
    KeyEverything: "everything in a lesson's picture", "显示课程图中的全部";
    PictureEverything: "Show everything", "显示全部";
    LessonKeys: "answer in a question", "回答问题";
    LockedByQuestion: "Locked until you answer or skip the question.", "回答或跳过问题之后才会解锁。";
    LockedByStep: "This step of the lesson keeps it locked.", "课程的这一步锁定了这个操作。";
    LockedHere: "Locked on this page. Open Brokerscope itself to try it.", "在这个页面里已锁定。请打开 Brokerscope 本身来尝试。";
    KeyLens: "lens", "视角";
    Narrator: "What happens", "正在发生";
    // Header
    Import: "Open", "打开";
    TroubleTitle: "This could not be opened", "无法打开";
    NewSeed: "New seed", "新种子";
    PreviousRun: "The run before", "之前的运行";
    ChooseFile: "or choose a file:", "或选择文件：";
    CopyScenario: "Copy scenario", "复制场景";
    KeyOpen: "open a scenario, an example, a link", "打开场景、示例或链接";
    KeyShare: "share this moment", "分享此刻";
    Share: "Share", "分享";
    Shortcuts: "Keyboard shortcuts", "键盘快捷键";
    Theme: "Theme", "主题";
    ThemeAuto: "as the system", "跟随系统";
    ThemeLight: "light", "浅色";
    ThemeDark: "dark", "深色";
    ThemeContrast: "high contrast", "高对比度";
    SwitchLanguage: "切换到中文", "EN：切换到英文";
    MainBranch: "main", "主线";
    Branch: "Branch", "分支";
    // Stage heads
    Producers: "Producers", "生产者";
    Cluster: "Cluster", "集群";
    ConsumerGroups: "Consumer groups", "消费组";
    KraftQuorum: "KRaft quorum", "KRaft 仲裁";
    Active: "active", "活动";
    MetadataLog: "metadata log", "元数据日志";
    NoTopic: "No topic yet", "还没有 topic（主题）";
    NoGroup: "No consumer yet", "还没有消费者";
    NoProducer: "No producer yet", "还没有生产者";
    NoBroker: "No broker", "没有 Broker";
    // States
    Crashed: "crashed", "已宕机";
    Stopped: "stopped", "已停止";
    Stopping: "stopping", "正在停止";
    Paused: "paused", "已暂停";
    Fenced: "fenced", "已隔离";
    Running: "running", "运行中";
    Follower: "follower", "副本";
    Leader: "leader", "leader";
    Led: "led", "曾为 leader";
    Followed: "replica", "副本";
    NoLeader: "no leader", "无 leader";
    Joining: "joining", "正在加入 ISR";
    Leaving: "leaving", "正在移出 ISR";
    NoPartition: "no partition", "没有分区";
    Gone: "gone", "已退出";
    WaitsForAck: "waits for the ack", "等待 ack 确认";
    Empty: "empty", "空";
    // Key line
    KeyRecords: "records", "消息记录";
    KeyData: "data request", "数据请求";
    KeyControl: "control plane", "控制面";
    KeyGroup: "group", "消费组";
    KeyResponse: "hollow = response", "空心 = 响应";
    KeyWatermark: "high watermark", "高水位";
    // Time bar
    ToStart: "To the start", "回到开头";
    StepBack: "Step back", "后退一步";
    Play: "Play", "播放";
    Pause: "Pause", "暂停";
    StepForward: "Step forward", "前进一步";
    NextInteresting: "Next interesting event", "下一个重要事件";
    Slower: "Slower", "更慢";
    Faster: "Faster", "更快";
    Speed: "Speed", "速度";
    VirtualTime: "Virtual time", "虚拟时间";
    Cancel: "Cancel", "取消";
    Computing: "Computing", "正在计算";
    // Story
    StoryEmpty: "Nothing has happened yet. Press Space.", "还没有发生任何事。请按空格键。";
    AllKinds: "all kinds", "全部";
    ImportantOnly: "important", "重要事件";
    // Terminal
    TerminalOutput: "Output of the terminal", "终端输出";
    Command: "Command", "命令";
    TerminalHint: "Kafka's own tools. Tab completes, help lists them.", "Kafka 自带的工具。Tab 补全，help 列出全部。";
    CommandLeft: "The running command was left: time was moved to where it had not been typed.", "运行中的命令已放弃：时间已移到输入它之前。";
    StopCommand: "Stop (Ctrl+C)", "停止 (Ctrl+C)";
    OpenTerminal: "Open one more terminal", "再打开一个终端";
    TerminalsFull: "Six terminals are open: close one first", "已打开六个终端：请先关闭一个";
    ToolRuns: "running:", "正在运行：";
    NewOutput: "new output", "有新输出";
    ExitCode: "exit code", "退出码";
    Complete: "Complete", "补全";
    // Inspector
    KindCluster: "Cluster", "集群";
    KindBroker: "Broker", "Broker";
    KindController: "Controller", "Controller";
    KindPartition: "Partition", "分区";
    KindReplica: "Replica", "副本";
    KindProducer: "Producer", "生产者";
    KindTool: "Tool", "工具";
    KindConsumer: "Consumer", "消费者";
    KindGroup: "Consumer group", "消费组";
    KindMessage: "Message", "消息";
    KindEvent: "Event", "事件";
    KindRecord: "Record", "消息记录";
    Records: "Newest records", "最新消息";
    Fate: "What happened to it (ledger, not part of Kafka)", "它经历了什么（模拟器账本，非 Kafka 内容）";
    Checks: "Rules checked at every event", "逐事件检查的规则";
    ShowEvent: "Show the event", "查看该事件";
    FactKey: "Key", "键";
    FactValue: "Value", "值";
    FactTimestamp: "CreateTime", "创建时间";
    FactHeldBy: "In the logs of brokers", "所在 broker 的日志";
    FactCommittedBy: "Passed by groups", "已越过它的消费组";
    FactLoses: "Acknowledged and lost", "已确认但丢失";
    ActShowPartition: "Show the partition", "查看分区";
    Timers: "Timers", "计时器";
    Why: "Why?", "为什么？";
    WhyNothing: "This was your action.", "这是你的操作。";
    Configs: "Configuration", "配置";
    Actions: "Actions", "操作";
    MoreActions: "More actions", "更多操作";
    NothingSelected: "Select anything in the picture to see its state, its timers and why it is so.", "在图中选择任何对象，即可查看它的状态、计时器以及原因。";
    TryThis: "Try this", "试一试";
    ObjectGone: "This object does not exist at this time.", "此时该对象不存在。";
    // Facts
    FactState: "State", "状态";
    FactAddress: "Address", "地址";
    FactLeads: "Leads", "担任 leader";
    FactSession: "Session left", "会话剩余";
    FactLeader: "Leader", "leader";
    FactLeaderEpoch: "Leader epoch", "leader 纪元";
    FactReplicas: "Replicas", "副本";
    FactIsr: "Isr", "ISR";
    FactElr: "Elr", "ELR";
    FactLogStart: "Log start offset", "日志起始偏移量";
    FactHighWatermark: "High watermark", "高水位 (HW)";
    FactLogEnd: "Log end offset", "日志末端偏移量 (LEO)";
    FactEnds: "HW, LEO", "HW, LEO";
    FactBehind: "Behind the leader", "落后于 leader";
    FactRole: "Role", "角色";
    FactTopic: "Topic", "主题";
    FactAcks: "acks", "acks";
    FactSent: "Sent", "已发送";
    FactAcked: "Acknowledged", "已确认";
    FactFailed: "Failed", "失败";
    FactCoordinator: "Coordinator", "协调者";
    FactGeneration: "Generation", "代 (generation)";
    FactAssignor: "Assignor", "分配策略";
    FactMembers: "Members", "成员";
    FactLag: "Lag", "滞后";
    FactPosition: "Position", "位置";
    FactCommitted: "Committed", "已提交";
    FactFrom: "From", "发送方";
    FactTo: "To", "接收方";
    FactSentAt: "Sent at", "发送时间";
    FactArrives: "Arrives at", "到达时间";
    FactApi: "API", "接口 (API)";
    FactError: "Error", "错误";
    FactOffset: "Offset", "偏移量";
    FactQuorumEpoch: "Quorum epoch", "仲裁纪元";
    FactBrokers: "Brokers running", "运行中的 Broker";
    FactPartitions: "Partitions", "分区数";
    FactUnderReplicated: "Under-replicated", "副本不足";
    FactWithoutLeader: "Without leader", "无 leader";
    FactAt: "At", "时间";
    FactNode: "Node", "节点";
    FactCause: "Caused by", "起因";
    None: "none", "无";
    // Actions
    ActCrash: "Crash", "使其宕机";
    ActStop: "Stop cleanly", "正常停止";
    ActPause: "Pause", "暂停进程";
    ActResume: "Resume", "恢复进程";
    ActStart: "Start", "启动";
    ActCut: "Cut off", "切断网络";
    ActHeal: "Heal the network", "恢复网络";
    ActSend: "Send", "发送";
    ActClose: "Close", "正常关闭";
    ActDrop: "Drop", "丢弃";
    ActHold: "Hold", "扣留";
    ActRelease: "Release", "放行";
    ActSelectLeader: "Show the leader", "查看 leader";
    ActWhyLeader: "Why this leader?", "为什么是这个 leader？";
    MessageText: "Record value", "消息内容";
    // Dialogs
    Close: "Close", "关闭";
    CopyLink: "Copy link", "复制链接";
    Copied: "Copied.", "已复制。";
    CopyRefused: "The browser did not allow copying. Select the text and copy it yourself.", "浏览器不允许复制。请手动选择并复制文字。";
    ShareIntro: "The link holds the scenario, the seed and this moment. Whoever opens it sees exactly this run.", "链接包含场景、种子和当前时刻。任何人打开都会看到完全相同的运行。";
    ShareScenario: "The same as a scenario file:", "同样内容的场景文件：";
    Download: "Download", "下载";
    ImportIntro: "Or paste a scenario or a link. Nothing leaves this page.", "或粘贴场景文本或链接。内容不会离开本页面。";
    ImportRun: "Open this", "打开此内容";
    ImportField: "Scenario or link", "场景或链接";
    StartOver: "Start over", "重新开始";
    SingleKeys: "Single-letter shortcuts", "单字母快捷键";
    ReducedMotion: "Reduce motion", "减少动画";
    Undo: "Undo", "撤销";
    Dismiss: "Dismiss", "关闭提示";
    Loading: "Loading the simulator", "正在加载模拟器";
    // Skip links and phone
    SkipText: "To the text view", "跳到文字视图";
    SkipTerminal: "To the terminal", "跳到终端";
    SkipTime: "To the time controls", "跳到时间控制";
    TabInspect: "Inspect", "详情";
    TabCommand: "Command", "命令";
    Menu: "Menu", "菜单";
    Partitions: "Partitions", "分区";
    Groups: "Groups", "消费组";
    Brokers: "Brokers", "Broker 列表";
    Clients: "Clients", "客户端";
    InFlight: "In flight", "在途消息";
    NothingInFlight: "No message is in flight.", "没有在途消息。";
    // Title block
    Seed: "Seed", "种子";
    Profile: "Profile", "版本";
    StateHash: "State", "状态";
    // Keys
    KeyPlay: "play, pause", "播放，暂停";
    KeyStep: "step", "单步";
    KeyInteresting: "previous, next interesting", "上一个、下一个重要事件";
    KeyEnds: "start, latest", "开头，最新";
    KeySpeed: "speed", "速度";
    KeyCrash: "crash the leader of the selected partition", "使所选分区的 leader 宕机";
    KeyRestart: "restart the last crashed broker", "重启最近宕机的 Broker";
    KeyProduce: "produce one record", "发送一条消息";
    KeyTerminal: "terminal and back", "进入或离开终端";
    KeyWhy: "why, for the selection", "所选对象的原因";
    KeyKeyLine: "key line", "图例";
    KeyPanels: "inspector, dock", "详情栏，底栏";
    KeyTextView: "text view", "文字视图";
    KeyRegion: "next region", "下一个区域";
    KeyLeave: "leave, close", "离开，关闭";
    KeyShortcuts: "this list", "本列表";
}
