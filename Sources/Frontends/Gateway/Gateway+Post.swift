import Logging
package import ServiceKit
import SessionWire
package import Vocabulary

/// The two requests by which a node gets a token for a channel.
extension Gateway {
    /// Answers `POST /v1/control-channel/NODE` and `POST /v1/data-channel/SESSION`.
    ///
    /// 201 and XML, or the agent takes it for a failure.
    package func post(
        path: String,
        body: [UInt8],
        context: OperationContext
    ) async throws(ServiceFault) -> (status: Int, contentType: String, body: String) {
        do {
            guard let address = ChannelAddress(path: path) else {
                throw ServiceFault(
                    "UnknownOperationException",
                    "There is no such channel.",
                    status: 404
                )
            }
            guard body.count <= Limits.channelOpeningBytes,
                CreateChannelRequest(json: body) != nil
            else {
                throw ServiceFault(
                    "ValidationException",
                    "The body is not a JSON object with a RequestId."
                )
            }
            let token: String
            let operation: String
            switch address {
            case .control(let node):
                operation = "CreateControlChannel"
                token = try await directory.createControlChannel(node: node, in: context)
            case .data(let session):
                operation = "CreateDataChannel"
                token = try await directory.createDataChannel(session: session, in: context)
            }
            return (
                CreateChannelResponse.status, CreateChannelResponse.contentType,
                CreateChannelResponse(tokenValue: token).xml(operation: operation)
            )
        } catch let fault as ServiceFault {
            throw fault
        } catch {
            logger.error("channel token not made", metadata: ["error": "\(error)"])
            throw .internalFailure
        }
    }
}
