"""What Terraform's AWS provider makes here it also finds again, changes and takes away."""

import json

import pytest

import terraform
from terraform import Terraform

pytestmark = pytest.mark.skipif(terraform.missing() is not None, reason=str(terraform.missing()))


@pytest.fixture
def workspace(server, tmp_path):
    return Terraform(server, tmp_path / "terraform")


def session_document(minutes, tags):
    content = {
        "schemaVersion": "1.0",
        "description": "Sessions of the operators",
        "sessionType": "Standard_Stream",
        "inputs": {"idleSessionTimeout": str(minutes)},
    }
    return f"""
resource "aws_ssm_document" "operators" {{
  name            = "Operators"
  document_type   = "Session"
  document_format = "JSON"
  content         = jsonencode({json.dumps(content)})
  tags            = {json.dumps(tags)}
}}
"""


def test_a_session_document(workspace):
    workspace.lifecycle(
        session_document(20, {"Team": "web"}), session_document(30, {"Team": "db", "Env": "test"})
    )


ACTIVATION = """
resource "aws_iam_role" "nodes" {
  name = "Nodes"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ssm.amazonaws.com" }
    }]
  })
}
resource "aws_ssm_activation" "web" {
  name               = "web"
  description        = "web servers"
  iam_role           = aws_iam_role.nodes.name
  registration_limit = %d
  tags               = { Team = "web" }
}
"""


def test_an_activation(workspace):
    workspace.lifecycle(ACTIVATION % 5, ACTIVATION % 6)
