import ServiceKit

/// Page tokens whose position is the last name of the page.
enum NameToken {
    static func make(
        _ name: String,
        _ parameters: [String],
        _ core: LogsCore,
        _ context: OperationContext
    ) throws -> String {
        try core.pageTokens.make(position: name, parameters: parameters, in: context)
    }

    /// The name after which the page begins; throws AWS's fault for a token that is not ours.
    static func after(
        _ token: String?,
        _ parameters: [String],
        _ core: LogsCore,
        _ context: OperationContext
    ) throws -> String? {
        guard let token else { return nil }
        guard
            let name = core.pageTokens.position(in: token, parameters: parameters, in: context)
        else { throw LogsFault.invalidToken }
        return name
    }
}
