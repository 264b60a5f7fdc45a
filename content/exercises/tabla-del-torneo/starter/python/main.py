def tabla(resultados):
    pass
