"""The server of the gate page: what it refuses, and saving and running from the page."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect

from coculture import serve_gates
from coculture.gate_page.server import GateServer
from tests.gate_page.conftest import Opened
from tests.gate_page.gate_page_actions import fill_reasons, percents, slider


def send(server: GateServer, request: str) -> int:
    """The status of a request that is sent as it is; 0 without an answer."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        return int((connection.recv(1000).decode("latin-1").split() or ["", "0"])[1])


def ask(
    server: GateServer, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any]:
    """The status and the answer of one request; headers replace those of a browser."""
    own = f"127.0.0.1:{server.server_port}"
    given = {"Host": own, "Origin": f"http://{own}", "Content-Type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    sent = b"" if body is None else json.dumps(body).encode()
    for name, value in {**given, "Content-Length": str(len(sent))}.items():
        if value:
            connection.putheader(name, value)
    connection.endheaders(sent)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, json.loads(text) if text.startswith("{") else text


def test_only_its_own_address_is_served(server: GateServer) -> None:
    token = f"/{server.token}"
    assert server.server_address[0] == "127.0.0.1"
    assert ask(server, "GET", f"{token}/gates.html")[0] == 200
    assert ask(server, "GET", f"{token}/state", Origin="")[0] == 200
    refused = ["/", "/gates.html", f"{token}x/gates.html", f"{token}/../report.html"]
    refused += [f"{token}/", f"{token}/report.html", f"{token}/%2e%2e/%2e%2e/config.yaml", token]
    assert [ask(server, "GET", path)[0] for path in refused] == [404] * len(refused)
    foreign = [{"Host": "evil.example"}, {"Host": ""}, {"Origin": "http://evil.example"}]
    foreign += [{"Host": f"evil.example:{server.server_port}"}, {"Origin": "null"}]
    for headers in foreign:
        assert ask(server, "GET", f"{token}/state", **headers)[0] in (400, 403)
        assert ask(server, "POST", f"{token}/save", {}, **headers)[0] in (400, 403)


def test_what_is_sent_without_an_origin_or_as_no_json_is_refused(server: GateServer) -> None:
    save = f"/{server.token}/save"
    sent = {"version": "none", "text": "study: small\ngates: {}\n"}
    assert ask(server, "POST", save, sent, Origin="")[0] == 403
    assert ask(server, "POST", save, sent, Content_Type="text/plain")[0] == 400
    assert ask(server, "POST", save, [1])[0] == 400
    assert ask(server, "POST", f"/{server.token}/delete", sent)[0] == 404
    assert ask(server, "PUT", save, sent)[0] == 501
    assert not server.file.path.exists()
    assert ask(server, "POST", save, sent)[0] == 200
    assert server.file.path.read_text() == sent["text"]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("{token}/state", "Host: {own}", 200),
        ("{token}/state", "Host: {own}\nHost: evil.example", 403),
        ("{token}/state", "Host: {own}\nOrigin: http://{own}\nOrigin: http://evil.example", 403),
        ("{token}/state", "Host: [::1]:{port}", 403),
        ("http://evil.example{token}/state", "Host: {own}", 404),
        ("//evil.example{token}/state", "Host: {own}", 404),
        ("http://[bad{token}/state", "Host: {own}", 404),
        ("{token}/\xff", "Host: {own}", 404),
    ],
)
def test_odd_requests_are_answered(
    server: GateServer, path: str, headers: str, status: int
) -> None:
    own = f"127.0.0.1:{server.server_port}"
    text = f"GET {path} HTTP/1.1\n{headers}\nConnection: close\n\n"
    words = {"{token}": f"/{server.token}", "{own}": own, "{port}": str(server.server_port)}
    for word, meant in words.items():
        text = text.replace(word, meant)
    assert send(server, text) == status


@pytest.mark.parametrize(
    ("length", "body", "status"),
    [
        ("\xb2", "{}", 400),
        ("1000000000", "{}", 400),
        ("9" * 5000, "{}", 400),
        ("-1", "{}", 400),
        ("", "[" * 100_000, 400),
        ("", '{"version": "none", "text": "study: small\\ngates: {} # \\ud800"}', 409),
    ],
    ids=["superscript", "1 GB", "5000 digits", "negative", "nested", "half a character"],
)
def test_odd_bodies_are_refused(server: GateServer, length: str, body: str, status: int) -> None:
    own = f"127.0.0.1:{server.server_port}"
    headers = f"Host: {own}\nOrigin: http://{own}\nContent-Type: application/json\n"
    headers += f"Content-Length: {length or len(body)}\nConnection: close\n\n"
    assert send(server, f"POST /{server.token}/save HTTP/1.1\n{headers}{body}") == status
    assert not server.file.path.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("study: small\ngates: {}\nexcluded: [{fcs: a, date: 2026-11-29}]\n", "put it in quotes"),
        ("study: [", "not valid YAML"),
    ],
)
def test_a_file_with_a_fault_is_not_written_over(
    server: GateServer, opened: Opened, text: str, said: str
) -> None:
    server.file.path.write_text(text)
    tab = opened(server.address)
    expect(tab.locator("#said")).to_contain_text(said)
    move(tab)
    fill_reasons(tab, "shoulder")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_role("alert")).to_contain_text("Nothing was saved")
    assert server.file.path.read_text() == text


def test_a_file_of_another_study_is_refused_and_the_old_one_stays(server: GateServer) -> None:
    save = f"/{server.token}/save"
    other = {"version": "none", "text": "study: other\ngates: {}\n"}
    status, answer = ask(server, "POST", save, other)
    assert status == 409
    assert "saved for another study" in answer["reason"]
    assert not server.file.path.exists()
    server.file.path.write_text("study: small\ngates: {}\n")
    version = ask(server, "GET", f"/{server.token}/state")[1]["version"]
    assert ask(server, "POST", save, other | {"version": version})[0] == 409
    assert server.file.path.read_text() == "study: small\ngates: {}\n"


def test_a_study_that_was_not_run_has_no_page(small_study: Path, tmp_path: Path) -> None:
    with pytest.raises(serve_gates.NothingToServeError, match="make run STUDY="):
        serve_gates.server_of(small_study / "config.yaml", tmp_path)


def move(tab: Page) -> None:
    for _ in range(3):
        slider(tab, "Annexin V, threshold").press("Shift+ArrowRight")


def test_the_second_of_two_tabs_is_refused_with_the_reason(
    server: GateServer, opened: Opened
) -> None:
    first, second = opened(server.address), opened(server.address)
    for tab in (first, second):
        move(tab)
        fill_reasons(tab, "shoulder")
        tab.get_by_role("button", name="Save", exact=True).click()
        if tab is first:
            expect(tab.get_by_role("dialog")).to_be_hidden()
    written = server.file.path.read_text()
    assert yaml.safe_load(written)["gates"]["E1"]["myeloma"]["annexin"]["by"] == "RK"
    expect(second.get_by_role("alert")).to_contain_text("was changed since this page was opened")
    assert server.file.path.read_text() == written
    second.reload()
    second.wait_for_selector("html[data-ready]")
    assert percents(second) == percents(first)


def test_a_refused_save_can_be_repeated_in_the_same_dialog(
    server: GateServer, opened: Opened, small_study: Path
) -> None:
    tab = opened(server.address)
    move(tab)
    fill_reasons(tab, "shoulder")
    table = small_study / "cultures.csv"
    whole = table.read_text()
    table.write_text("culture\n")
    button = tab.get_by_role("button", name="Save", exact=True)
    button.click()
    expect(tab.get_by_role("alert")).to_contain_text("cultures.csv")
    assert not server.file.path.exists()
    table.write_text(whole)
    button.dblclick()
    expect(tab.get_by_role("dialog")).to_be_hidden()
    annexin = yaml.safe_load(server.file.path.read_text())["gates"]["E1"]["myeloma"]["annexin"]
    assert (annexin["reason"], annexin["by"]) == ("shoulder", "RK")
    expect(tab.locator("#save")).to_have_text("Save gates")


def test_save_and_rerun_runs_the_study_and_reloads(server: GateServer, opened: Opened) -> None:
    tab = opened(server.address)
    move(tab)
    shown = percents(tab)
    fill_reasons(tab, "shoulder")
    with tab.expect_event("load", timeout=20_000):
        tab.get_by_role("button", name="Save and rerun").click()
    tab.wait_for_selector("html[data-ready]")
    assert percents(tab) == shown
    assert server.run.progress()["state"] == "done"


def test_a_run_that_fails_says_why_and_one_is_stopped_with_the_server(server: GateServer) -> None:
    server.run.command = ["sh", "-c", "echo 'flow.csv, row 3: wrong'; exit 1"]
    assert server.run.start() is None
    process = server.run._process
    assert process is not None
    process.wait(20)
    assert server.run.progress()["words"].splitlines()[-1] == "flow.csv, row 3: wrong"
    server.run.command = ["sh", "-c", "sleep 100"]
    assert server.run.start() is None
    assert server.run.start() == "The study is already running."
    server.run.stop()
    assert server.run.progress()["state"] == "failed"
