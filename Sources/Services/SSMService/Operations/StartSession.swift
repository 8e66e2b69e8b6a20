import FoundationEssentials
import ServiceKit
import SessionDocument
import SessionWire
import Storage
import Vocabulary

struct StartSessionInput: Decodable, Sendable {
    var target: String?
    var documentName: String?
    var parameters: [String: [String]]?
    var reason: String?

    enum CodingKeys: String, CodingKey {
        case target = "Target"
        case documentName = "DocumentName"
        case parameters = "Parameters"
        case reason = "Reason"
    }
}

/// What a client needs to attach: the session, and where and with what to attach to it.
struct SessionTokenOutput: Encodable, Sendable {
    var sessionId: String
    var tokenValue: String?
    var streamUrl: String?

    enum CodingKeys: String, CodingKey {
        case sessionId = "SessionId"
        case tokenValue = "TokenValue"
        case streamUrl = "StreamUrl"
    }
}

extension SSMService {
    /// Starts a session on a node, and gives its caller the token to attach with.
    ///
    /// The node is told at once and does not wait for the person. What the preferences demand of the log
    /// group is checked by the node, under its own role; the person learns of it when they attach.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartSession.html
    func startSession(
        _ input: StartSessionInput,
        _ context: OperationContext
    ) async throws -> SessionTokenOutput {
        try check(input)
        let target = input.target ?? ""
        context.audit.noted("target", target)
        context.audit.noted("documentName", input.documentName)
        context.audit.noted("reason", input.reason)
        let documentName = input.documentName.map(context.scope.documentName)
        let node = try await nodeRecord(target, in: context.scope)
        let document = try await document(
            documentName ?? DocumentName.preferences,
            in: context.scope
        )
        try await authorizeStart(target, node, documentName, document, context)
        guard let owner = context.principal.arn, let name = context.principal.sessionOwnerName
        else {
            throw SSMFault.accessDenied("Sessions are started by users and role sessions.")
        }
        if let documentName, document == nil { throw SSMFault.noSuchDocument(documentName) }
        let plan = try await plan(documentName, document, input.parameters ?? [:], context.scope)
        if let refusal = plan.refusal() { throw refusal }
        guard let nodeID = try node?.nodeID, await nodes.isConnected(nodeID, in: context.scope)
        else {
            throw SSMFault.notConnected(target)
        }

        let id = SessionID(owner: name, entropy: entropy)
        let runAsUser =
            plan.preferences.isRunAsEnabled
            ? try await roles.principalTag("SSMSessionRunAs", in: context) ?? "" : ""
        let start = SessionStart(
            session: id,
            node: nodeID,
            content: plan.message(session: id, owner: owner.description, runAsUser: runAsUser)
        )
        try await create(
            record(id, nodeID, plan, input.reason, owner: owner.description, context),
            context
        )
        guard await nodes.start(start, in: context.scope) else {
            try await apply(.failed, to: id, in: context.scope)
            try await release(id, of: nodeID, in: context.scope)
            throw SSMFault.notConnected(target)
        }
        return token(for: id, in: context.scope)
    }

    private func record(
        _ id: SessionID,
        _ node: NodeID,
        _ plan: PlannedSession,
        _ reason: String?,
        owner: String,
        _ context: OperationContext
    ) -> SessionRecord {
        context.audit.touched(context.scope.sessionARN(id.description))
        let now = clock.now()
        return SessionRecord(
            id: id.description,
            node: node.description,
            owner: owner,
            ownerID: context.principal.userID ?? "",
            documentName: plan.documentName,
            reason: reason,
            started: now,
            state: .created,
            changed: now,
            idleTimeoutMinutes: plan.preferences.idleTimeoutMinutes,
            maxDurationMinutes: plan.preferences.maxDurationMinutes
        )
    }

    /// The answer that lets the person's end attach.
    func token(for id: SessionID, in scope: Scope) -> SessionTokenOutput {
        SessionTokenOutput(
            sessionId: id.description,
            tokenValue: channelTokens.make(.client(id), in: scope),
            streamUrl: webSocketURL + ChannelAddress.clientTarget(id, in: scope)
        )
    }

    /// Our public address as websockets have it: `wss://` for `https://`.
    private var webSocketURL: String {
        var url = publicURL()
        while url.hasSuffix("/") { url.removeLast() }
        guard url.hasPrefix("http") else { return url }
        return "ws" + url.dropFirst("http".count)
    }

    private func nodeRecord(_ target: String, in scope: Scope) async throws -> NodeRecord? {
        guard let id = try? NodeID(parsing: target) else { return nil }
        return try await store.get(.node(id, scope), as: NodeRecord.self)?.value
    }

    /// What the session will be, by its document and the account's preferences.
    private func plan(
        _ name: String?,
        _ document: DocumentRecord?,
        _ parameters: [String: [String]],
        _ scope: Scope
    ) async throws -> PlannedSession {
        let preferences = try await content(
            of: self.document(DocumentName.preferences, in: scope),
            scope
        )
        var own = preferences
        if name != nil, name != DocumentName.preferences {
            own = try await content(of: document, scope)
        }
        let builtIn = try SessionDocument(
            .object(BuiltInDocuments.defaultPreferences),
            reading: .authoring
        )
        return try PlannedSession(
            documentName: name ?? DocumentName.preferences,
            document: own ?? builtIn,
            accountInputs: preferences?.inputs ?? builtIn.inputs ?? [:],
            parameters: parameters
        )
    }

    private func content(
        of document: DocumentRecord?,
        _ scope: Scope
    ) async throws -> SessionDocument? {
        guard let document else { return nil }
        let version = try await version(.number(document.sessionVersion), of: document, in: scope)
        do {
            return try SessionDocument(parsing: version.content)
        } catch {
            throw error.fault
        }
    }

    private func check(_ input: StartSessionInput) throws {
        var violations = ConstraintViolations()
        violations.required(input.target, "target")
        violations.length(input.target, "target", Limits.sessionTargetLength)
        violations.length(input.reason, "reason", Limits.sessionReasonLength)
        violations.pattern(input.reason, "reason", "^.{1,256}$") {
            !$0.contains(where: \.isNewline)
        }
        violations.pattern(
            input.documentName,
            "documentName",
            DocumentName.referencePattern,
            matches: DocumentName.isReference
        )
        for (name, values) in (input.parameters ?? [:]).sorted(by: { $0.key < $1.key }) {
            violations.length(name, "parameters.key", 1...255)
            for value in values { violations.length(value, "parameters.\(name)", 1...65535) }
        }
        try violations.check()
    }
}
