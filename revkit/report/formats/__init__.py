"""Files beside the pages of a report: a PDF, a workbook, slides."""
