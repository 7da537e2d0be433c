from local_vendor import LocalVendor


def test_a_message_travels_the_whole_road_and_its_status_can_be_pulled(vendor: LocalVendor) -> None:
    asked = {"mobile": "+8613700000000", "templateID": "01234567890abcdef", "templateParamSet": "[1234,2345]"}
    sent = vendor.post_json("/comms/sms/sendmsg", asked)
    assert sent["code"] == "0000"

    def status() -> bool:
        said = vendor.post_json("/comms/sms/pullSmsSendStatus", {"externalId": sent["externalId"]})
        return bool(said.get("status") == "200")

    vendor.eventually(status)
    shown = vendor.get_json(f"/v1/messages/{sent['requestId']}")
    assert shown["state"] == "delivered"
    assert {line["stage"] for line in shown["lines"]} >= {"dialects", "accept", "route", "send", "report"}
