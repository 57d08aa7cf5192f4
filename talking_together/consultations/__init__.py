"""Earlier consultations, brought from the exports of other tools."""
