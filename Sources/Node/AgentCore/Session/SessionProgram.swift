import PseudoTerminal

/// What a session runs: the shell or the command, with whose environment.
enum SessionProgram {
    /// The program for a plan, as that user.
    static func make(
        _ plan: SessionPlan,
        as user: RunAs.Decision,
        agentEnvironment: [String: String]
    ) -> ChildProgram {
        ChildProgram(
            path: "/bin/sh",
            arguments: plan.command.map { ["sh", "-c", $0] } ?? ["sh"],
            environment: environment(for: user, agentEnvironment: agentEnvironment),
            directory: user.account.home,
            account: account(of: user)
        )
    }

    private static func account(of user: RunAs.Decision) -> Account? {
        guard case .other(let account) = user else { return nil }
        return account
    }

    /// The agent's own user keeps the agent's environment, without what is the agent's secret.
    ///
    /// Another user gets nothing of it but the language and the time zone: it is not theirs to read.
    static func environment(
        for user: RunAs.Decision,
        agentEnvironment: [String: String]
    ) -> [String: String] {
        var environment: [String: String]
        switch user {
        case .own:
            environment = agentEnvironment.filter { name, _ in
                !["AWS_", "SEKISHO_", "NOTIFY_", "LISTEN_"].contains { name.hasPrefix($0) }
            }
        case .other:
            environment = agentEnvironment.filter { name, _ in
                name == "LANG" || name == "TZ" || name.hasPrefix("LC_")
            }
        }
        let account = user.account
        environment["TERM"] = "xterm-256color"
        environment["LANG"] = environment["LANG"] ?? "C.UTF-8"
        environment["HOME"] = account.home
        environment["USER"] = account.name
        environment["LOGNAME"] = account.name
        environment["SHELL"] = account.shell.isEmpty ? "/bin/sh" : account.shell
        environment["PATH"] =
            environment["PATH"]
            ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return environment
    }
}
