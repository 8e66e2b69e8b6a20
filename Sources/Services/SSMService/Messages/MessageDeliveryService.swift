package import ServiceKit
import Vocabulary

/// `ec2messages`: the older way of reaching agents, which they still poll beside the control channel.
///
/// Nothing is ever delivered this way: sessions go over the control channel. The poll is held, as an answer
/// at once would have the agent ask again at once; a minute after its control channel opens it stops asking.
package struct MessageDeliveryService: AWSService {
    package let signingName = "ec2messages"
    package let wireProtocol = WireProtocol.json11(targetPrefix: "EC2WindowsMessageDeliveryService")

    private let service: SSMService
    private let hold: @Sendable (Duration) async throws -> Void

    /// Wires the service; `hold` waits, and a test passes one that does not.
    package init(
        _ service: SSMService,
        hold: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.service = service
        self.hold = hold
    }

    package var operations: [Operation] {
        [
            Operation("GetMessages", getMessages),
            Operation("AcknowledgeMessage", refuse),
            Operation("DeleteMessage", refuse),
            Operation("FailMessage", refuse),
            Operation("SendReply", refuse),
        ]
    }

    struct GetMessagesInput: Decodable, Sendable {
        var destination: String?

        enum CodingKeys: String, CodingKey { case destination = "Destination" }
    }

    struct MessageInput: Decodable, Sendable {
        var messageID: String?

        enum CodingKeys: String, CodingKey { case messageID = "MessageId" }
    }

    func getMessages(
        _ input: GetMessagesInput,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        try await authorize("GetMessages", context)
        _ = try await service.callingNode(mustBe: input.destination ?? "", context)
        try await hold(.seconds(Limits.messagePoll))
        return EmptyOutput()
    }

    /// What is said about a message: there are none.
    func refuse(_ input: MessageInput, _ context: OperationContext) async throws -> EmptyOutput {
        let name = context.operation.split(separator: ":").last.map { String($0) } ?? ""
        try await authorize(name, context)
        _ = try await service.callingNode(context)
        throw SSMFault.validation("There is no message '\(input.messageID ?? "")'.")
    }

    private func authorize(_ action: String, _ context: OperationContext) async throws {
        try await service.authorizer.authorize(
            AuthorizationRequest(
                "ec2messages:\(action)",
                on: "*",
                conditionValues: service.sourceInstance(context)
            ),
            in: context
        )
    }
}

extension SSMService {
    /// The sibling that answers under the name `ec2messages`.
    package var messageDelivery: MessageDeliveryService { MessageDeliveryService(self) }
}
