def agrupar(pueblos):
    pass
