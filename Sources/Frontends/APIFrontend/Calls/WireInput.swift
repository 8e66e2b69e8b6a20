import AWSWire
import ServiceKit
import Vocabulary

/// The members of a call in JSON.
struct JSONInput: OperationInput {
    let body: [UInt8]

    func decode<Input: Decodable>(_ type: Input.Type) throws -> Input {
        try AWSJSON.decode(type, from: body)
    }
}

/// The members of a call as a form.
struct FormInput: OperationInput {
    let form: AWSQuery

    func decode<Input: Decodable>(_ type: Input.Type) throws -> Input {
        try form.decode(type)
    }
}
