extension SigningTime {
    /// Reads `Fri, 02 Jan 2026 03:04:05 GMT`, the date of HTTP (RFC 9110, section 5.6.7).
    ///
    /// Old signers send it in `Date` instead of `X-Amz-Date`; the obsolete forms are not read.
    init?(parsingHTTPDate text: String) {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
            let month = months.firstIndex(where: { $0 == parts[2] })
        else { return nil }
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, parts[1].utf8.count == 2, parts[3].utf8.count == 4 else {
            return nil
        }
        let monthText = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(parsing: "\(parts[3])\(monthText)\(parts[1])T\(clock.joined())Z")
    }
}
