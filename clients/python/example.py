import os

from crm_client import AuthenticatedClient, Client
from crm_client.api.auth import login
from crm_client.api.leads import create_lead, list_leads
from crm_client.models import CreateLead, Login

url = os.environ.get("CRM", "http://127.0.0.1:3000")
body = Login(email_id=os.environ["CRM_ADMIN_EMAIL"], password=os.environ["CRM_ADMIN_PASSWORD"])
session = login.sync(client=Client(url, raise_on_unexpected_status=True), body=body)
crm = AuthenticatedClient(url, session.token, raise_on_unexpected_status=True)
create_lead.sync(client=crm, body=CreateLead(name="Ada Lovelace", email_id="ada@example.org"))
for lead in list_leads.sync(client=crm, search="ada").leads:
    print(lead.name, lead.email_id, lead.status)
