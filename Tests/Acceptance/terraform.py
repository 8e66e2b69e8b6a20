"""Terraform and its AWS provider as an operator uses them: apply, an empty second plan, change, destroy.

Both are optional: `missing()` says what there is not, and tests skip with it. The provider comes from a
directory of plugins on this machine, never from the network; SEKISHO_TERRAFORM_PLUGINS names one.
"""

import json
import os
import pathlib
import shutil

from sekisho_under_test import run

PROVIDER = "registry.terraform.io/hashicorp/aws"
PLACES = [
    os.environ.get("SEKISHO_TERRAFORM_PLUGINS", ""),
    "~/.terraform.d/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt/tf-plugins",
]


def plugins():
    """The directory that has the provider, if any."""
    places = [pathlib.Path(place).expanduser() for place in PLACES if place]
    return next((place for place in places if (place / PROVIDER).is_dir()), None)


def missing():
    """What is not on this machine, as the reason for skipping; None when all is there."""
    if shutil.which("terraform") is None:
        return "there is no terraform on the path"
    if plugins() is None:
        return f"no directory of plugins has {PROVIDER}"
    return None


class Terraform:
    """A working directory of Terraform whose provider talks to our server."""

    SERVICES = ["iam", "kms", "logs", "ssm", "sts"]

    def __init__(self, server, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        # Nothing of the machine's own settings of Terraform is read.
        settings = self.directory / "terraform.rc"
        settings.write_text("disable_checkpoint = true\n")
        self.environment = server.environment() | {
            "TF_CLI_CONFIG_FILE": str(settings),
            "TF_IN_AUTOMATION": "1",
        }
        endpoints = "\n".join(f'    {name} = "{server.endpoint}"' for name in self.SERVICES)
        (self.directory / "provider.tf").write_text(
            f"""
terraform {{
  required_providers {{
    aws = {{ source = "hashicorp/aws" }}
  }}
}}
provider "aws" {{
  region            = "{server.region}"
  custom_ca_bundle  = "{server.ca}"
  skip_region_validation = true
  endpoints {{
{endpoints}
  }}
}}
"""
        )
        self._terraform("init", f"-plugin-dir={plugins()}")

    def _terraform(self, command, *options):
        return run(
            ["terraform", f"-chdir={self.directory}", command, "-input=false", "-no-color", *options],
            env=self.environment,
            timeout=300,
        )

    def write(self, text):
        """What there shall be from now on; `apply` makes it so."""
        (self.directory / "main.tf").write_text(text)

    def plan(self):
        """What would be done, as `action address` lines; nothing for a server that is as described."""
        self._terraform("plan", "-out=plan.bin")
        shown = run(
            ["terraform", f"-chdir={self.directory}", "show", "-json", "plan.bin"],
            env=self.environment,
        )
        changes = json.loads(shown).get("resource_changes", [])
        return [
            f"{'+'.join(change['change']['actions'])} {change['address']}"
            for change in changes
            if change["change"]["actions"] not in (["no-op"], ["read"])
        ]

    def apply(self):
        self._terraform("apply", "-auto-approve")

    def destroy(self):
        self._terraform("destroy", "-auto-approve")

    def resources(self):
        """The addresses of what Terraform holds."""
        listed = run(
            ["terraform", f"-chdir={self.directory}", "state", "list"], env=self.environment
        )
        return sorted(listed.split())

    def lifecycle(self, first, changed):
        """Applies `first`, changes it to `changed`, destroys all; each time the next plan is empty."""
        for text in (first, changed):
            self.write(text)
            self.apply()
            assert self.plan() == []
        self.destroy()
        assert self.resources() == []
