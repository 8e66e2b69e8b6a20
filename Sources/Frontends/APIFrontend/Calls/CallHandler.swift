import AWSWire
import FoundationEssentials
import Logging
import ServiceKit
import SigV4
import Vocabulary

/// Answers a request for an AWS operation: who, which, may be run, what was recorded, what goes back.
///
/// It has no socket, so that every way through it can be tested with values. Whatever happens, a call that
/// could be routed has one audit record, written before its answer goes out; if the record cannot be
/// written, the call fails. Only refused calls of unknown callers may be recorded by their number.
struct CallHandler: Sendable {
    let directory: ServiceDirectory
    let authenticator: Authenticator
    let domain: String?
    let recorder: CallRecorder
    let clock: any WallClock
    let entropy: any Entropy
    let metrics: Metrics
    let logger: Logger

    /// One call, as far as it is known.
    fileprivate struct Call {
        let entry: ServiceDirectory.Entry
        /// What the request claims; a broken signature is told after the service is known, so that its answer
        /// is in its protocol.
        let signature: Result<UnverifiedSignature?, SignatureError>
        let host: HostName?
        var operation: String?

        var claim: UnverifiedSignature? { (try? signature.get()) ?? nil }
    }

    func answer(_ request: IncomingRequest) async -> Answer {
        let started = ContinuousClock.now
        let requestID = entropy.uuid()
        var entry: ServiceDirectory.Entry?
        var operation: String?
        let reply: Answer
        do {
            var call = try route(request)
            entry = call.entry
            reply = await answer(request, &call, requestID: requestID)
            operation = call.operation
        } catch {
            // Nothing is known of the service, so that there is nothing to record under.
            let fault = (error as? SignatureError)?.fault ?? ServiceFault(answering: error)
            reply = AnswerForm.json.answer(fault, requestID: requestID)
        }
        let isKnown = operation.flatMap { entry?.operations[$0] } != nil
        metrics.countCall(
            service: entry?.signingName ?? Metrics.unknown,
            operation: isKnown ? operation ?? Metrics.unknown : Metrics.unknown,
            status: reply.status,
            duration: ContinuousClock.now - started
        )
        return reply
    }

    private func route(_ request: IncomingRequest) throws -> Call {
        let signature = Result { () throws(SignatureError) in
            try UnverifiedSignature(in: request.head)
        }
        let host = domain.flatMap { domain in
            request.head.header("host").flatMap { HostName($0, domain: domain) }
        }
        let claim = (try? signature.get()) ?? nil
        let (entry, target) = try directory.entry(for: request, claim: claim, host: host)
        return Call(entry: entry, signature: signature, host: host, operation: target)
    }

    private func answer(
        _ request: IncomingRequest,
        _ call: inout Call,
        requestID: String
    ) async -> Answer {
        let now = clock.now()
        var context: OperationContext?
        do {
            let target = try call.target(of: request)
            if let target { call.operation = target.action }
            let operation = call.operation.flatMap { call.entry.operations[$0] }
            let claim = try call.signature.get()
            guard operation != nil || claim != nil else {
                throw ServiceDirectory.unknownOperation(
                    call.operation,
                    of: call.entry,
                    version: target?.version ?? ""
                )
            }
            let caller = try await authenticator.authenticate(
                request,
                claim: claim,
                as: operation?.authentication ?? .signed,
                service: call.entry.signingName,
                host: call.host,
                now: now
            )
            let authenticated = call.context(of: caller, request, requestID, now)
            context = authenticated
            let output = try await run(caller.body, request, &call, authenticated)
            try await recorder.finish(authenticated, fault: nil)
            return output
        } catch {
            let recorded = context ?? call.anonymousContext(request, authenticator, requestID, now)
            return await refuse(error, call, recorded, request)
        }
    }

    /// Runs the operation and writes its answer; what is thrown is told by the caller.
    private func run(
        _ body: [UInt8],
        _ request: IncomingRequest,
        _ call: inout Call,
        _ context: OperationContext
    ) async throws -> Answer {
        let (operation, output) = try await output(of: body, request, &call, context)
        return try AnswerForm(call.entry.wireProtocol, for: request.head)
            .answer(output, of: operation.name, requestID: context.requestID)
    }

    private func output(
        of body: [UInt8],
        _ request: IncomingRequest,
        _ call: inout Call,
        _ context: OperationContext
    ) async throws -> (ServiceKit.Operation, any Encodable & Sendable) {
        switch call.entry.wireProtocol {
        case .json11:
            guard let operation = call.operation.flatMap({ call.entry.operations[$0] }) else {
                throw ServiceDirectory.unknownOperation(call.operation, of: call.entry)
            }
            return (operation, try await run(operation, JSONInput(body: body), context))
        case .query(let version, _):
            let form = try ServiceDirectory.form(of: request, body: body)
            call.operation = form.action
            guard form.version == version, let operation = call.entry.operations[form.action] else {
                throw ServiceDirectory.unknownOperation(
                    form.action,
                    of: call.entry,
                    version: form.version
                )
            }
            return (operation, try await run(operation, FormInput(form: form), context))
        }
    }

    /// Runs what is brief where the call arrived, and anything else out of the way of other connections.
    private func run(
        _ operation: ServiceKit.Operation,
        _ input: some OperationInput,
        _ context: OperationContext
    ) async throws -> any Encodable & Sendable {
        if operation.isBrief { return try await operation.run(input, context) }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await operation.run(input, context)
        }
    }

    /// Records and words a call that did not do what it was asked.
    private func refuse(
        _ error: any Error,
        _ call: Call,
        _ context: OperationContext,
        _ request: IncomingRequest
    ) async -> Answer {
        let plain = (error as? SignatureError)?.fault ?? ServiceFault(answering: error)
        var fault = FaultDialect.translate(plain, for: call.entry.wireProtocol)
        if !(error is ServiceFault), !(error is SignatureError) {
            log(error, "call failed", context)
        }
        do {
            try await recorder.finish(context, fault: fault)
        } catch {
            log(error, "audit record not written", context)
            fault = FaultDialect.translate(
                ServiceFault(answering: error),
                for: call.entry.wireProtocol
            )
        }
        return AnswerForm(call.entry.wireProtocol, for: request.head)
            .answer(fault, requestID: context.requestID)
    }

    private func log(_ error: any Error, _ what: Logger.Message, _ context: OperationContext) {
        logger.error(
            what,
            metadata: [
                "request": .string(context.requestID), "operation": .string(context.operation),
                "error": .string(String(describing: error)),
            ]
        )
    }
}

extension CallHandler.Call {
    /// What a query call asks for, while that can be read without checking the signature of its chunks.
    ///
    /// Nothing else of the form is looked at before the signature is known to be right.
    fileprivate func target(of request: IncomingRequest) throws -> QueryTarget? {
        guard case .query = entry.wireProtocol,
            claim?.payload?.hasPrefix("STREAMING-") != true
        else { return nil }
        return try ServiceDirectory.target(of: request, body: request.body)
    }

    fileprivate func context(
        of caller: Authenticated,
        _ request: IncomingRequest,
        _ requestID: String,
        _ now: Date
    ) -> OperationContext {
        request.context(
            of: caller,
            operation: "\(entry.actionPrefix):\(recordedOperation)",
            requestID: requestID,
            now: now
        )
    }

    /// The context of a call whose caller is not known: what it claims to be is no principal.
    fileprivate func anonymousContext(
        _ request: IncomingRequest,
        _ authenticator: Authenticator,
        _ requestID: String,
        _ now: Date
    ) -> OperationContext {
        context(of: authenticator.nobody(claim: claim, host: host), request, requestID, now)
    }

    private var recordedOperation: String {
        guard let operation, !operation.isEmpty else { return "Unknown" }
        return operation.cut(Limits.recordedNameLength)
    }
}

extension String {
    /// At most so many characters of it.
    func cut(_ length: Int) -> String {
        utf8.count <= length ? self : String(prefix(length))
    }
}
