import CPseudoTerminal
import Glibc

extension ChildProgram {
    /// Opens a terminal and starts the program on it; the master side and the process.
    func start(size: WindowSize) throws(SpawnFailure) -> (master: Int32, pid: pid_t) {
        guard environment.keys.allSatisfy({ !$0.isEmpty && !$0.contains("=") }) else {
            throw .unusableText
        }
        let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
        let groups = account?.groups ?? []
        let result = withCStrings([path, directory ?? ""]) { names in
            withCStrings(arguments) { arguments in
                withCStrings(variables) { variables in
                    groups.withUnsafeBufferPointer { groups in
                        var child = cpty_child()
                        child.program = UnsafePointer(names[0])
                        child.directory = directory == nil ? nil : UnsafePointer(names[1])
                        child.arguments = arguments
                        child.environment = variables
                        if let account {
                            child.changes_user = true
                            child.uid = account.uid
                            child.gid = account.gid
                            child.groups = groups.baseAddress
                            child.group_count = groups.count
                        }
                        return cpty_spawn(&child, size.columns, size.rows)
                    }
                }
            }
        }
        guard let outer = result, let inner = outer, let spawned = inner else {
            throw .unusableText
        }
        guard spawned.stage == CPTY_OK else {
            throw .system(
                SystemFailure(doing: doing(at: spawned.stage), errno: spawned.error)
            )
        }
        return (spawned.master, spawned.pid)
    }

    private func doing(at stage: cpty_stage) -> String {
        switch stage {
        case CPTY_OPEN_TERMINAL: "open a terminal"
        case CPTY_FORK: "start a process"
        case CPTY_TAKE_TERMINAL: "give the terminal to the program"
        case CPTY_CHANGE_USER: "run as user \(account?.name ?? "")"
        case CPTY_CHANGE_DIRECTORY: "enter \(directory ?? "")"
        default: "run \(path)"
        }
    }
}
