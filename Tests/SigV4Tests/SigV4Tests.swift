import FoundationEssentials
import Sealing
import SigV4

// What the tests of signatures share: the key and the place of AWS's published vectors.

/// The secret of AWS's signature test suite.
let suiteSecret = Secret(utf8: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

/// A request of the test suite, made at 2015-08-30T12:36:00Z.
func suiteRequest(
    _ method: String = "GET",
    _ path: String = "/",
    query: String = "",
    headers: [(String, String)] = []
) -> SignableRequest {
    let fixed = [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")]
    return SignableRequest(
        method: method,
        path: path,
        query: query,
        headers: (headers + fixed).map { HeaderField($0.0, $0.1) }
    )
}

/// Such a request with the header that claims `signature`.
func signed(
    _ request: SignableRequest,
    names: String,
    signature: String
) -> SignableRequest {
    let authorization =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        + "SignedHeaders=\(names), Signature=\(signature)"
    return request.adding(HeaderField("Authorization", authorization))
}

extension SignableRequest {
    func adding(_ fields: HeaderField...) -> SignableRequest {
        SignableRequest(method: method, path: path, query: query, headers: headers + fields)
    }

    func replacing(headers: [HeaderField]) -> SignableRequest {
        SignableRequest(method: method, path: path, query: query, headers: headers)
    }
}

func date(_ text: String) -> Date {
    SigningTime(parsing: text)?.date ?? .distantPast
}
