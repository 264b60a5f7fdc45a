def actualizar(fila, novedades):
    pass
